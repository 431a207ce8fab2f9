import type { Inkling } from '../api/types.ts';
import { createClient } from '../client/client.ts';

export type { CloseReason } from '../api/close-reason.ts';
export type { EventName, EventOf, EventPayloads, Handler } from '../api/events.ts';
export type {
  Attributes,
  CallByName,
  ClientState,
  Consent,
  Explanation,
  HiddenFields,
  IdentifyOptions,
  Inkling,
  InklingGlobal,
  MethodName,
  Problem,
  RenderedAnswer,
  RenderedSurvey,
  RenderOptions,
  SetupOptions,
} from '../api/types.ts';
export type { Answers, AnswerValue } from '../core/survey/document.ts';
export type { Gate, GateCode } from '../core/targeting/gates.ts';
export type { ShowingSummary } from '../core/targeting/ledger.ts';
export type { AttributeValue } from '../wire/user.ts';

/** The consumer's bundler makes a chunk of each of these. */
const CHUNKS = {
  ui: () => import('../display/index.ts'),
  foreign: () => import('../outbox/formbricks-protocol.ts'),
  advice: () => import('../debug/advice.ts'),
  triggers: () => import('../triggers/index.ts'),
  debug: () => import('../debug/index.ts'),
};

const client = createClient((_appUrl, name) => CHUNKS[name]() as never);
const isServer = typeof document === 'undefined';
// Otherwise the queue of calls that wait for `setup` would grow with every request of that server.
if (isServer) client.destroy();

/**
 * The client for bundlers: importing it does nothing, and on a server it stays inert. `setup` throws a `TypeError`
 * for options that can't be right; no other call throws or rejects.
 *
 * @example
 * import { inkling } from 'inkling';
 * await inkling.setup({ environmentId: 'c…', appUrl: 'https://surveys.example.com' });
 * await inkling.identify('user-42', { plan: 'pro' });
 */
export const inkling: Inkling = {
  ...client,
  setup: (options) => {
    const { environmentId, appUrl } = options ?? {};
    expectText('environmentId', environmentId, /^[0-9a-z]+$/, 'lowercase letters and digits');
    expectText('appUrl', appUrl, /^https?:/, 'the address of the server, https://…');
    return isServer ? Promise.resolve() : client.setup(options);
  },
};

function expectText(name: string, value: unknown, shape: RegExp, expected: string): void {
  if (typeof value === 'string' && shape.test(value)) return;
  throw new TypeError(`setup: ${name} should be ${expected}; got ${JSON.stringify(value)}`);
}
