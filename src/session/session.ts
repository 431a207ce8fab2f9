import type { Attributes } from '../api/types.ts';
import type { WireEnvironment } from '../wire/environment.ts';
import type { AttributeValue, WireUser } from '../wire/user.ts';
import { type FetchUserDeps, fetchEnvironment, fetchUser, type Learn } from './fetch-state.ts';
import { createRefresh, type Refresh } from './refresh.ts';
import { currentUser } from './state.ts';

/** The identified person, and the state of environment and person as the server sent it. */
export interface Session extends Pick<Refresh, 'sync' | 'settle' | 'stop'> {
  /** The environment as last stored, fresh or not; undefined before the first reply. */
  environment: () => WireEnvironment | undefined;
  /** The user id of the person identified; null for nobody. */
  who: () => string | null;
  /** The server's state of the person identified; undefined for nobody and while it isn't known. */
  user: () => WireUser | undefined;
  /** The visitor's language: as just set, as the server has it, or as this device keeps it. */
  language: () => string | undefined;
  /**
   * Identifies a person, in one request with all other calls of this macrotask. Settles once the reply is stored. The same
   * person without a hash keeps the one given before.
   */
  identify: (userId: string, attributes: Attributes, userHash?: string) => Promise<void>;
  /** Sets attributes of the person identified; they wait for the next `identify` while nobody is. */
  setAttributes: (attributes: Attributes) => Promise<void>;
  /** Keeps a language on this device, and sends it as an attribute of the person identified. */
  setLanguage: (language: string) => Promise<void>;
  /** Forgets the person and their attributes; asks the server for nothing. */
  logout: () => Promise<void>;
}

/**
 * Makes the session of one environment over its stored state. Nothing here rejects.
 *
 * @param onFailed the server could not be asked; called for the first failure in a row, with its status
 * @param onNews a reply has been stored; called with the offset of this device's clock, ms
 */
export function createSession(
  deps: FetchUserDeps,
  onFailed: (status: number) => void,
  onNews: (skew: number) => void,
): Session {
  const { state } = deps;
  /** Set by the site, not yet acknowledged. Waits in memory while nobody is identified. */
  const wanted: Record<string, AttributeValue> = {};
  /** The last write: a reply, or who is here. What it means for the page doesn't wait for the disk. */
  let written: Promise<void> | undefined;
  let hasNews = false;

  const learn: Learn = ({ serverNow }, change) => {
    const skew = serverNow && { skew: serverNow - Date.now() };
    written = state.update((old) => ({ ...old, ...skew, ...change(old) }));
    hasNews = true;
  };
  const [scheduleSync, refresh] = createRefresh(async () => {
    const replies = await Promise.all([fetchEnvironment(deps, learn), fetchUser(deps, wanted, learn)]);
    if (hasNews) onNews(state.value().skew);
    hasNews = false;
    return replies;
  }, onFailed);

  const forgetWanted = (): void => {
    for (const key in wanted) delete wanted[key];
  };

  const switchUser = (userId: string | null, userHash?: string): Promise<void> =>
    // A delay that runs is the person's: whoever comes next didn't start it.
    state.update(({ user: _user, ...old }) => ({
      ...old,
      ...{ userId, userHash, acked: {}, due: old.userId === null ? old.due : [] },
    }));

  const setAttributes = async (attributes: Attributes): Promise<void> => {
    Object.assign(wanted, attributes);
    await scheduleSync();
    await written;
  };

  const user = (): WireUser | undefined => currentUser(state.value())?.data;

  return {
    ...refresh,
    environment: () => state.value().environment?.data,
    who: () => state.value().userId,
    user,
    language: () => {
      const { language } = wanted;
      return typeof language === 'string' ? language : (user()?.language ?? state.value().language);
    },
    identify: async (userId, attributes, userHash) => {
      const { userId: before, userHash: known } = state.value();
      if (before !== userId) {
        // What was set for somebody else isn't theirs; what was set while anonymous is.
        if (before !== null) forgetWanted();
        // Not awaited: a request that goes out while the change is being stored must know the attributes.
        written = switchUser(userId, userHash);
      } else if (userHash && userHash !== known) written = state.update((old) => ({ ...old, userHash }));
      await setAttributes(attributes);
    },
    setAttributes,
    setLanguage: async (language) => {
      written = state.update((old) => ({ ...old, language }));
      // A language set while anonymous doesn't override what the server knows of the person who identifies later; one
      // that is somebody's must not wait for the disk, since calls of one task make one request.
      await (state.value().userId ? setAttributes({ language }) : written);
    },
    logout: async () => {
      forgetWanted();
      await switchUser(null);
    },
  };
}
