import { createClient, type Inkling } from './client.ts';
import { loadChunk } from './load-chunk.ts';
import { reportMistake } from './report.ts';

/** The version in package.json, set by the build. */
declare const __VERSION__: string;

type Call = readonly [name: string, ...args: unknown[]];
/** `window.inkling`: the client, callable as `inkling('track', 'x')`; before it loads, the stub with its queue. */
type Global = Inkling & ((...call: Call) => unknown) & { q?: Call[] };

/** The tag that brought this script. `currentScript` is null where a tag manager injects it. */
const tag =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>(
    'script[data-environment-id][src*="inkling"],script[data-workspace-id][src*="inkling"]',
  );

/** `/inkling.js` and `/<version>/inkling.js` belong to the same server. */
function serverOf(src: string): string {
  return new URL('.', src).href.replace(`/${__VERSION__}/`, '/');
}

function install(): void {
  const page = window as unknown as { inkling?: Global };
  const stub = page.inkling;
  if (stub?.version) return;
  const base = tag?.src ? new URL('.', tag.src).href : '';
  const client = createClient((appUrl) => loadChunk(base || `${appUrl}/`));
  const methods = client as unknown as Record<string, ((...args: unknown[]) => unknown) | undefined>;
  const callable = (...[name, ...args]: Call): unknown => methods[name]?.(...args);
  const inkling: Global = Object.assign(callable, client);
  page.inkling = inkling;

  const { environmentId, workspaceId, appUrl, userId, language, url, consent } = tag?.dataset ?? {};
  const id = environmentId ?? workspaceId;
  if (consent !== undefined && consent !== 'granted') {
    reportMistake('data-consent is not in this version yet: nothing is stored or sent');
  } else if (tag && id !== undefined) {
    void client.setup({ environmentId: id, appUrl: appUrl ?? serverOf(tag.src), userId, language, url });
  }
  for (const call of stub?.q ?? []) inkling(...call);
}

try {
  install();
} catch {
  // A bug of ours never reaches the page.
}
