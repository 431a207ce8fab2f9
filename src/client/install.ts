import type { CallByName, Consent, InklingGlobal } from '../api/types.ts';
import { createClient } from './client.ts';
import type { LoadChunk } from './load-chunk.ts';

/** The version in package.json, set by the build. */
declare const __VERSION__: string;

type Call = readonly [name: string, ...args: unknown[]];

/**
 * Reads the tag, puts the client on `window.inkling` and drains the stub's queue. Once per page; throws nothing.
 *
 * `loadChunk` gets the folder that the chunks' folder lies in, with its slash.
 */
export function install(loadChunk: LoadChunk): void {
  try {
    const { currentScript } = document;
    // An image of that name would stand in its place, and say where to load from.
    putOnWindow(loadChunk, currentScript instanceof HTMLScriptElement ? currentScript : null);
  } catch {
    // A bug of ours never reaches the page.
  }
}

/** `currentScript` is null where a tag manager injects it. */
function putOnWindow(loadChunk: LoadChunk, currentScript: HTMLScriptElement | null): void {
  const tag =
    currentScript ??
    document.querySelector<HTMLScriptElement>(
      'script[data-environment-id][src*="inkling"],script[data-workspace-id][src*="inkling"]',
    );
  const given: DOMStringMap = { ...tag?.dataset };
  const { workspaceId, environmentId = workspaceId, appUrl, consent, quiet, debug } = given;
  const base = tag?.src ? new URL('.', tag.src).href : '';
  const page = window as unknown as { inkling?: InklingGlobal & { q?: Call[] } };
  const stub = page.inkling;
  // An element may have the name: `<form id="inkling">`.
  if (typeof stub?.version !== 'string') {
    const client = createClient((server, name) => loadChunk(base || `${server}/`, name));
    const methods = client as unknown as Record<string, ((...args: unknown[]) => unknown) | undefined>;
    const callable = (...[name, ...args]: Call): unknown => methods[name]?.(...args);
    page.inkling = Object.assign(callable as CallByName, client);
    // Whoever listens already hears of a mistake in the tag, too.
    for (const call of stub?.q ?? []) callable(...call);
  }
  if (environmentId !== undefined) {
    // `/inkling.js` and `/<version>/inkling.js` belong to the same server.
    const server = appUrl ?? base.replace(`/${__VERSION__}/`, '/');
    void page.inkling?.setup({
      ...given,
      environmentId,
      appUrl: server,
      // What can't be read must not count as a yes.
      consent:
        consent === undefined || /^(granted|denied)$/.test(consent) ? (consent as Consent) : 'required',
      quiet: Number(quiet) || 0,
      debug: debug !== undefined,
    });
  }
}
