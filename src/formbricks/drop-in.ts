import type { HiddenFields } from '../api/types.ts';
import { createClient } from '../client/client.ts';
import type { LoadChunk } from '../client/load-chunk.ts';
import { reportMistake } from '../platform/report.ts';
import { toAttributes } from './attributes.ts';
import { carryOver, type Former } from './carry-over.ts';
import { COMMAND_MS, createCommandQueue, guard } from './command-queue.ts';
import { createEmbeddedData } from './embedded-data.ts';
import { expireState } from './expire-state.ts';
import { addLiveRegion } from './live-region.ts';
import { relayEvents } from './relay-events.ts';
import type { DropIn, DropInOptions } from './types.ts';

/** Where other scripts of the page read and take the nonce. */
interface NonceGlobals {
  __formbricksNonce?: string | undefined;
  formbricksSurveys?: { setNonce?: (nonce: string | undefined) => void };
}

/**
 * The client under the calls and events of `@formbricks/js`, for pages that were written for those.
 *
 * Commands run one after the other and wait for `setup`; those that only say who is here don't wait for the network,
 * those that decide (`track`, `logout`) wait for what was said before, 5 s at most.
 */
export function createDropIn(loadChunk: LoadChunk): DropIn {
  const embedded = createEmbeddedData();
  const client = createClient(async (appUrl, name) => {
    const chunk = await loadChunk(appUrl, name);
    if (!('connect' in chunk)) return chunk;
    // The data attached by the page is in every answer.
    return { ...chunk, connect: (core) => chunk.connect({ ...core, fillHidden: embedded.fill }) };
  }, COMMAND_MS);
  const { on, off, passOver } = relayEvents(client);
  const [say, decide, begin] = createCommandQueue();
  let carried: Promise<Former | undefined> | undefined;

  const setup = (options: DropInOptions): Promise<void> =>
    guard(async () => {
      const { workspaceId, environmentId, appUrl, apiHost, userId, attributes } = options ?? {};
      const id = workspaceId || environmentId;
      const server = appUrl || apiHost;
      if (!id) return reportMistake('setup needs a workspaceId (or environmentId)');
      if (!server) return reportMistake('setup needs an appUrl (or apiHost)');
      const isFirst = client.state() === undefined;
      carried ??= carryOver(id);
      const former = await carried;
      const debug = location.search.includes('formbricksDebug=true');
      if (debug) await expireState(id, server.replace(/\/$/, ''));
      await client.setup({ environmentId: id, appUrl: server, debug });
      const state = client.state();
      // The options can't be right, or another call is on its way.
      if (!state) carried = undefined;
      if (!isFirst || !state) return;
      addLiveRegion();
      passOver(state.showings);
      await begin(() => {
        // Nobody's yet: it is kept on the device, and gives way to what the server knows of the person.
        const spoken = former?.language && client.setLanguage(former.language);
        const given = toAttributes(attributes);
        const who = userId || former?.userId;
        return Promise.all([spoken, who ? client.identify(who, given) : client.setAttributes(given)]);
      });
    });
  /** Sets attributes; those that can't be read are reported when their turn comes. */
  const setAll = (attributes: () => DropInOptions['attributes']): Promise<void> =>
    say(async () => {
      const { language, ...others } = toAttributes(attributes());
      await Promise.all([
        client.setAttributes(others),
        // A language of its own call: it holds on this device for those who are nobody, too.
        language !== undefined && client.setLanguage(`${language}`),
      ]);
    });
  const logout = (): Promise<void> => decide(client.logout);

  return {
    setup,
    init: setup,
    setUserId: (userId, options) => say(() => client.identify(userId, {}, options)),
    setEmail: (email) => setAll(() => ({ email })),
    setAttribute: (key, value) => setAll(() => ({ [key]: value })),
    setAttributes: (attributes) => setAll(() => attributes),
    setLanguage: (language) => say(() => client.setLanguage(language)),
    track: (code, properties) =>
      // Hidden fields may be numbers and lists here; they travel as they are.
      decide(() => client.track(code, { hiddenFields: { ...(properties?.hiddenFields as HiddenFields) } })),
    logout,
    reset: logout,
    registerRouteChange: async () => {},
    setNonce: (nonce) => {
      const page = window as NonceGlobals;
      page.__formbricksNonce = nonce;
      page.formbricksSurveys?.setNonce?.(nonce);
    },
    on,
    off,
    setEmbeddedData: (data) =>
      guard(() => {
        if (typeof data === 'object' && data !== null) embedded.set(data);
        else reportMistake('setEmbeddedData needs an object');
      }),
    clearEmbeddedData: async (...key) => {
      if (key.length === 0) embedded.clear();
      else if (typeof key[0] === 'string') embedded.remove(key[0]);
    },
    getApi: () => undefined,
  };
}
