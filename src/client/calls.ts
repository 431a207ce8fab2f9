import type { Inkling } from '../api/types.ts';
import type { Fail } from './problems.ts';
import type { Running } from './start.ts';

/** The public calls that need an environment at work. */
export type Calls = Pick<
  Inkling,
  | 'identify'
  | 'setAttributes'
  | 'setLanguage'
  | 'track'
  | 'showSurvey'
  | 'closeSurvey'
  | 'logout'
  | 'reset'
  | 'forget'
>;

/** Types of values that can be sent. */
const SCALAR = /^(string|number|boolean)$/;

/**
 * Makes the public calls. Whoever passes `call` decides when each is made, and on what.
 *
 * @param call makes a call on the environment at work, as soon as there is one; never rejects
 */
export function createCalls(call: (work: (client: Running) => unknown) => Promise<void>, fail: Fail): Calls {
  /** A call that says who is here: ignored under Global Privacy Control. */
  const callAsPerson = (work: (client: Running) => unknown): Promise<void> =>
    call((client) => {
      if (!client.isPrivate) return work(client);
      fail('privacy', 'Global Privacy Control is on: nobody is identified', true);
    });

  /** A call that needs the environment. */
  const callOnceKnown = (work: (client: Running) => Promise<void>): Promise<void> =>
    call((client) => client.whenKnown(() => work(client)));

  /** The texts, numbers, booleans, dates and lists of them in an object of the page; whatever else is reported. */
  const read = <T extends object>(given: T | undefined): T => {
    let key = '';
    try {
      // The parts of a text are no attributes.
      const entries = Object.entries(typeof given === 'object' ? { ...given } : {}).filter(
        ([name, value]) => {
          key = name;
          const isMeant = [value]
            .flat()
            .every((part) => SCALAR.test(typeof part) || !part || part instanceof Date);
          if (!isMeant) fail('attributes', name);
          return isMeant;
        },
      );
      return Object.fromEntries(entries) as T;
    } catch {
      fail('attributes', key);
      return {} as T;
    }
  };

  const logout = (): Promise<void> => call((client) => client.logout());

  return {
    identify: (userId, attributes, options) =>
      callAsPerson(async ({ session, close }) => {
        if (typeof userId !== 'string' || !userId || userId.length > 255) return fail('user-id', userId);
        const who = session.who();
        const closed = who !== null && who !== userId ? close('logout') : undefined;
        await Promise.all([closed, session.identify(userId, read(attributes), options?.userHash)]);
      }),
    setAttributes: (attributes) =>
      callAsPerson((client) => {
        if (typeof attributes === 'object' && attributes)
          return client.session.setAttributes(read(attributes));
        fail('attributes', attributes);
      }),
    setLanguage: (language) =>
      call((client) => {
        if (SCALAR.test(typeof language)) return client.session.setLanguage(`${language}`);
        fail('language', language);
      }),
    track: (action, options) =>
      callOnceKnown(async (client) => {
        if (!(await client.presenter.track(action, options?.hiddenFields && read(options.hiddenFields))))
          fail('unknown-action', action);
      }),
    showSurvey: (surveyId) =>
      callOnceKnown(async (client) => {
        if (!(await client.presenter.show(surveyId))) fail('unknown-survey', surveyId);
      }),
    closeSurvey: () => call((client) => client.close('dismissed')),
    logout,
    reset: logout,
    forget: () => call((client) => client.forget()),
  };
}
