// Writes names that only our own modules say to each other as a sign and a letter, the same in every script of every build.

/**
 * Appended to, never changed: a core that is in some cache calls a newer chunk by them. Only whole words that are no name
 * on the wire, in storage, in public types or in the browser (test/short-names.test.ts looks).
 */
export const NAMES =
  `useStage mayOpen languageOf isLeft isForgetful hasRecaptcha serverNow retryAfterMs onFailure loadTriggers
  onIdentified onFailed onNews onError whenKnown presenter settle loadUi quietUntil awaitDue goOn loadForeign codeOf isOk
  isRefused NO_REPLY toBody onFull createTriggers isOpenElsewhere openDebugPanel`.split(/\s+/);

const WORD = new RegExp(`(?<![\\w$])(${NAMES.join('|')})(?![\\w$])`, 'g');

const QUOTED = new RegExp(`(['"\`])(${NAMES.join('|')})\\1`);

/**
 * A plugin of vite. Variables of these names are renamed with them, so that `{ onFailure }` stays what it is. A value
 * that is one of them stops the build.
 *
 * @returns {import('vite').Plugin}
 */
export function shortNames() {
  return {
    name: 'short-names',
    renderChunk: (code) => {
      const [value] = QUOTED.exec(code) ?? [];
      if (value) throw new Error(`${value} is a value, too: take it off the list of short-names.mjs`);
      return { code: code.replace(WORD, (name) => `$${NAMES.indexOf(name).toString(36)}`), map: null };
    },
  };
}
