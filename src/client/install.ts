import type { Consent, InklingGlobal } from '../api/types.ts';
import { createClient } from './client.ts';
import type { LoadChunk } from './load-chunk.ts';

/** The version in package.json, set by the build. */
declare const __VERSION__: string;

/** A call of the stub's queue. */
type Call = Parameters<(name: string, ...args: unknown[]) => void>;

/**
 * Reads the script tag, puts the client on `window.inkling` and makes the calls of the stub's queue. A client that is
 * there already stays. Never throws.
 *
 * @param loadChunk is called with the address of the folder above `chunks/`, with a slash at its end
 */
export function install(loadChunk: LoadChunk): void {
  try {
    const { currentScript } = document;
    // An image named `currentScript` would take its place and decide where to load from; null under some tag managers.
    const tag =
      currentScript instanceof HTMLScriptElement
        ? currentScript
        : document.querySelector<HTMLScriptElement>(
            'script:is([data-environment-id],[data-workspace-id],[src*="inkling.js"],[src*="inkling.full.js"])[src*="inkling"]',
          );
    putOnWindow(loadChunk, tag);
  } catch {
    // A bug of ours never reaches the page.
  }
}

function putOnWindow(loadChunk: LoadChunk, tag: HTMLScriptElement | null): void {
  const given: DOMStringMap = { ...tag?.dataset };
  const [path = '', query] = (tag?.src ?? '').split(/[?#]/);
  let environment: string | null = null;
  // Tag managers strip the attributes: what they say may be in the script's own address.
  for (const pair of query?.split('&') ?? []) {
    const [name = '', text = ''] = pair.split('=');
    const value = decode(text);
    if (name === 'environment') environment = value;
    given[name.replace(/-(.)/g, (_, first) => first.toUpperCase())] ??= value;
  }
  const { workspaceId = environment, environmentId = workspaceId } = given;
  const { appUrl, consent, quiet, debug } = given;
  const base = path.slice(0, path.lastIndexOf('/') + 1);
  const page = window as unknown as { inkling?: InklingGlobal & { q?: Call[] } };
  const stub = page.inkling;
  // An element may have the name: `<form id="inkling">`.
  if (typeof stub?.version !== 'string') {
    const client = createClient((server, name) => {
      const home = server && `${server}/`;
      return loadChunk(base || home, name, home);
    });
    page.inkling = client;
    // Before `setup`: a listener that the page has queued gets the events of a mistake in the tag, too.
    for (const call of stub?.q ?? []) (client as (...all: Call) => unknown)(...call);
  }
  void page.inkling?.setup({
    ...given,
    // null: the page may call `setup` itself.
    environmentId: environmentId as string,
    // `/inkling.js` and `/<version>/inkling.js` belong to the same server.
    appUrl: appUrl ?? base.replace(`/${__VERSION__}/`, '/'),
    // A value that can't be read must not count as a consent.
    consent: consent === undefined || /^(granted|denied)$/.test(consent) ? (consent as Consent) : 'required',
    quiet: Number(quiet) || 0,
    debug: debug !== undefined,
  });
}

/** A parameter of an address; as it stands where it isn't encoded properly. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
