import type { Gate, GateCode } from '../core/targeting/gates.ts';

/** The values a gate used, in the shape that this version gives them. */
type Used = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;

/** A gate's values in words, by its code; `now` is epoch ms of the device. */
const WORDS: Readonly<Record<GateCode, (used: Used, now: number, pass: boolean) => string>> = {
  status: (_used, _now, pass) => (pass ? 'is in progress' : 'is not in progress'),
  consent: (_used, _now, pass) => (pass ? 'nothing to wait for' : 'waits for consent(‘granted’)'),
  trigger: (used) =>
    list(used)
      .map(({ name, fired, count, occurrence }) => {
        const times = Number(occurrence) > 1 ? ` (${count} of ${occurrence} times)` : '';
        return `${name}: ${fired ? 'fired' : 'not yet on this page'}${times}`;
      })
      .join(' · ') || 'has no trigger',
  'display-option': ({ option, displays, responded }) =>
    `${option}: ${times(displays)}, ${responded ? 'answered' : 'not answered'}`,
  'display-limit': ({ limit, displays }) =>
    limit === null || limit === undefined ? 'no limit' : `shown ${displays} of at most ${limit} times`,
  cooldown: ({ days, lastDisplayAt }, now) => {
    if (!days) return 'none is set';
    const rest = `${days} days between any two surveys`;
    if (typeof lastDisplayAt !== 'number') return `${rest}; none was shown yet`;
    const due = lastDisplayAt + Number(days) * DAY_MS;
    const next = due > now ? `the next may open ${ago(due, now)}` : 'that is over';
    return `${rest}; the last one ${ago(lastDisplayAt, now)}, ${next}`;
  },
  segment: ({ who, segment }, _now, pass) =>
    `${who ?? 'nobody identified'} ${pass ? 'may see it' : `is not in segment ${segment}`}`,
  sampling: ({ roll, percentage }) =>
    percentage === null || percentage === undefined
      ? 'for everybody'
      : `drew ${Number(roll).toFixed(1)}; opens for draws below ${percentage}`,
  unsupported: (used, _now, pass) => (pass ? 'all of it is supported' : `this version lacks: ${text(used)}`),
  'no-memory': (_used, _now, pass) =>
    pass ? 'what is shown can be remembered' : 'nothing can be stored: it would open on every page',
  'another-open': (_used, _now, pass) => (pass ? 'none is' : 'one is open on this page'),
  'other-tab': (_used, _now, pass) => (pass ? 'none has one' : 'another tab has a survey open'),
  impolite: (used, _now, pass) => (pass ? 'a good moment' : `not a good moment: ${text(used)}`),
};

/**
 * Describes a gate's result in words, with the values it used. Never throws: values of another shape are returned as text.
 *
 * @example
 * describeGate({ code: 'sampling', pass: false, used: { roll: 63.2, percentage: 10 } }, Date.now());
 */
export function describeGate({ code, pass, used }: Gate, now: number): string {
  try {
    return WORDS[code](used as Used, now, pass);
  } catch {
    return text(used);
  }
}

/** The distance of an instant (epoch ms) from now, in the unit a person would use: `3 h ago`, `in 2 days`. */
export function ago(at: number, now: number): string {
  const seconds = Math.round(Math.abs(now - at) / 1000);
  const [count, unit] =
    seconds < 60
      ? [seconds, 's']
      : seconds < 3600
        ? [Math.round(seconds / 60), 'min']
        : seconds < 2 * 86_400
          ? [Math.round(seconds / 3600), 'h']
          : [Math.round(seconds / 86_400), 'days'];
  return at > now ? `in ${count} ${unit}` : `${count} ${unit} ago`;
}

/** A value as text on one line. */
export function text(value: unknown): string {
  if (value === undefined || value === null) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function times(count: unknown): string {
  return count === 1 ? 'shown once' : count === 0 ? 'never shown' : `shown ${count} times`;
}

function list(used: unknown): readonly Used[] {
  return Array.isArray(used) ? used : [];
}
