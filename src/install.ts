import type { CallByName, InklingGlobal } from './api.ts';
import { createClient } from './client.ts';
import { reportMistake } from './report.ts';
import type { Renderer } from './ui/contract.ts';

/** The version in package.json, set by the build. */
declare const __VERSION__: string;

type Call = readonly [name: string, ...args: unknown[]];

/**
 * Reads the tag, puts the client on `window.inkling` and drains the stub's queue. Once per page; throws nothing.
 *
 * `loadRenderer` gets the folder that the renderer's chunks lie in, with its slash.
 */
export function install(loadRenderer: (base: string) => Promise<Renderer>): void {
  try {
    putOnWindow(loadRenderer, document.currentScript as HTMLScriptElement | null);
  } catch {
    // A bug of ours never reaches the page.
  }
}

/** `currentScript` is null where a tag manager injects it. */
function putOnWindow(
  loadRenderer: (base: string) => Promise<Renderer>,
  currentScript: HTMLScriptElement | null,
): void {
  const tag =
    currentScript ??
    document.querySelector<HTMLScriptElement>(
      'script[data-environment-id][src*="inkling"],script[data-workspace-id][src*="inkling"]',
    );
  const page = window as unknown as { inkling?: InklingGlobal & { q?: Call[] } };
  const stub = page.inkling;
  if (stub?.version) return;
  const base = tag?.src ? new URL('.', tag.src).href : '';
  const client = createClient((appUrl) => loadRenderer(base || `${appUrl}/`));
  const methods = client as unknown as Record<string, ((...args: unknown[]) => unknown) | undefined>;
  const callable = (...[name, ...args]: Call): unknown => methods[name]?.(...args);
  page.inkling = Object.assign(callable as CallByName, client);

  const {
    workspaceId,
    environmentId: id = workspaceId,
    appUrl,
    userId,
    language,
    url,
    consent,
  } = tag?.dataset ?? {};
  if ((consent ?? 'granted') !== 'granted') {
    reportMistake('data-consent is not in this version yet: nothing is stored or sent');
  } else if (id !== undefined) {
    // `/inkling.js` and `/<version>/inkling.js` belong to the same server.
    const server = appUrl ?? base.replace(`/${__VERSION__}/`, '/');
    void client.setup({ environmentId: id, appUrl: server, userId, language, url });
  }
  for (const call of stub?.q ?? []) callable(...call);
}
