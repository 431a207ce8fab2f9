import type { Settings, Survey } from '../survey/document.ts';
import { findUnsupported } from './find-unsupported.ts';
import type { History } from './history.ts';
import { isSampled } from './sampling.ts';

const DAY_MS = 86_400_000;

/** The gates, in the order in which they are checked (architecture.md 4). Public: `explain()` shows these codes. */
export type GateCode =
  | 'status'
  | 'consent'
  | 'trigger'
  | 'display-option'
  | 'display-limit'
  | 'cooldown'
  | 'segment'
  | 'sampling'
  | 'unsupported'
  | 'no-memory'
  | 'another-open'
  | 'other-tab'
  | 'impolite';

/** The result of one gate, with the values it used. */
export interface Gate {
  readonly code: GateCode;
  readonly pass: boolean;
  readonly used?: unknown;
}

/** The facts of a decision. Clock, dice and page are passed in as data. */
export interface Facts extends Moment {
  readonly now: number;
  readonly who: string | null;
  /** Ids of the segments that this person is in, from the server; undefined while they are not known. */
  readonly segments: readonly string[] | undefined;
  readonly history: History;
  /** Uniform in [0, 100), the same on every page view (`rollFor`). */
  readonly roll: number;
  readonly settings: Pick<Settings, 'recontactDays'>;
  readonly hasRecaptcha: boolean;
  /** Names of the actions that have fired on this page. */
  readonly fired: readonly string[];
  /** Number of times an action has fired on this device, by name, for those with an `occurrence`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Nothing can be stored, and the action would fire again on the next page, unlike a code action or a click. */
  readonly isForgetful: boolean;
}

/** Reasons that keep every survey closed for now; each is absent when it doesn't apply. */
export interface Moment {
  readonly isOpen?: boolean;
  readonly isOpenElsewhere?: boolean;
  /** Why the page must not be interrupted now; undefined when it may be. */
  readonly impolite?: string | undefined;
}

/** Checks every gate of one survey, in order. The survey may open when all pass; the first that fails is the reason. */
export function askGates(survey: Survey, facts: Facts): readonly Gate[] {
  const { history, who, segments } = facts;
  const triggers = survey.triggers.map(({ actionClass: { name }, occurrence = 1 }) => ({
    name,
    occurrence,
    count: facts.counts[name] ?? 1,
    fired: facts.fired.includes(name),
  }));
  const days = survey.recontactDays ?? facts.settings.recontactDays;
  const isLimited = survey.displayOption === 'displaySome' && survey.displayLimit !== null;
  const unsupported = findUnsupported(survey, facts.hasRecaptcha);
  return [
    gate('status', survey.type === 'app' && survey.status === 'inProgress', survey.status),
    gate('consent', true),
    gate(
      'trigger',
      triggers.some(({ fired, count, occurrence }) => fired && count >= occurrence),
      triggers,
    ),
    gate('display-option', passesOption(survey, history), {
      option: survey.displayOption,
      displays: history.displays,
      responded: history.responded,
    }),
    gate('display-limit', !isLimited || history.displays < (survey.displayLimit ?? 0), {
      limit: survey.displayLimit,
      displays: history.displays,
    }),
    gate('cooldown', isCooledDown(days, history.lastDisplayAt, facts.now), {
      days,
      lastDisplayAt: history.lastDisplayAt,
    }),
    gate('segment', isInSegment(survey, who, segments), { who, segment: survey.segment?.id }),
    gate('sampling', isSampled(facts.roll, survey.displayPercentage), {
      roll: facts.roll,
      percentage: survey.displayPercentage,
    }),
    gate('unsupported', unsupported === undefined, unsupported),
    gate('no-memory', !facts.isForgetful),
    gate('another-open', !facts.isOpen),
    gate('other-tab', !facts.isOpenElsewhere),
    gate('impolite', facts.impolite === undefined, facts.impolite),
  ];
}

function gate(code: GateCode, pass: boolean, used?: unknown): Gate {
  return { code, pass, used };
}

/** Whether the display option allows a display (client-api.md 6.8). The gate `unsupported` refuses unknown options. */
function passesOption({ displayOption, displayLimit }: Survey, history: History): boolean {
  if (displayOption === 'displayOnce') return history.displays === 0;
  if (displayOption === 'displayMultiple') return !history.responded;
  if (displayOption === 'displaySome') return displayLimit === null || !history.responded;
  return true;
}

/** Whether whole 24 h periods have passed; also when the clock was set back, which could block a survey for years. */
function isCooledDown(days: number, lastDisplayAt: number | undefined, now: number): boolean {
  if (!days || lastDisplayAt === undefined) return true;
  return Math.floor(Math.abs(now - lastDisplayAt) / DAY_MS) >= days;
}

function isInSegment(
  { segment }: Survey,
  who: string | null,
  segments: readonly string[] | undefined,
): boolean {
  const hasFilters = segment?.hasFilters ?? (segment?.filters?.length ?? 0) > 0;
  if (!segment || !hasFilters) return true;
  return who !== null && (segments?.includes(segment.id) ?? false);
}
