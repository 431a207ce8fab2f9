import type { CallByName, Consent, InklingGlobal } from '../api/types.ts';
import { createClient } from './client.ts';
import type { LoadChunk } from './load-chunk.ts';

/** The version in package.json, set by the build. */
declare const __VERSION__: string;

/** A call of the stub's queue. */
type Call = readonly [name: string, ...args: unknown[]];
type Methods = Readonly<Record<string, ((...args: unknown[]) => unknown) | undefined>>;

/**
 * Reads the script tag, puts the client on `window.inkling` and makes the calls of the stub's queue. A client that is
 * there already stays. Never throws.
 *
 * @param loadChunk is called with the address of the folder above `chunks/`, with a slash at its end
 */
export function install(loadChunk: LoadChunk): void {
  try {
    const { currentScript } = document;
    // An image named `currentScript` would take its place and decide where to load from; null under a tag manager.
    const tag =
      currentScript instanceof HTMLScriptElement
        ? currentScript
        : document.querySelector<HTMLScriptElement>(
            'script:is([data-environment-id],[data-workspace-id])[src*="inkling"]',
          );
    putOnWindow(loadChunk, tag);
  } catch {
    // A bug of ours never reaches the page.
  }
}

function putOnWindow(loadChunk: LoadChunk, tag: HTMLScriptElement | null): void {
  const given: DOMStringMap = { ...tag?.dataset };
  const { workspaceId, environmentId = workspaceId, appUrl, consent, quiet, debug } = given;
  const base = tag?.src ? new URL('.', tag.src).href : '';
  const page = window as unknown as { inkling?: InklingGlobal & { q?: Call[] } };
  const stub = page.inkling;
  // An element may have the name: `<form id="inkling">`.
  if (typeof stub?.version !== 'string') {
    const client = createClient((server, name) => loadChunk(base || `${server}/`, name));
    const callable = (...[name, ...args]: Call): unknown => (client as unknown as Methods)[name]?.(...args);
    page.inkling = Object.assign(callable as CallByName, client);
    // Before `setup`: a listener that the page has queued gets the events of a mistake in the tag, too.
    for (const call of stub?.q ?? []) callable(...call);
  }
  if (environmentId !== undefined) {
    // `/inkling.js` and `/<version>/inkling.js` belong to the same server.
    void page.inkling?.setup({
      ...given,
      environmentId,
      appUrl: appUrl ?? base.replace(`/${__VERSION__}/`, '/'),
      // A value that can't be read must not count as a consent.
      consent:
        consent === undefined || /^(granted|denied)$/.test(consent) ? (consent as Consent) : 'required',
      quiet: Number(quiet) || 0,
      debug: debug !== undefined,
    });
  }
}
