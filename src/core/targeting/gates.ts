import type { Settings, Survey } from '../survey/document.ts';
import { findUnsupported } from './find-unsupported.ts';
import type { History } from './history.ts';
import { isSampled } from './sampling.ts';

const DAY_MS = 86_400_000;

/** What refuses a survey, in the order it is asked (design.md 4). Public: `explain()` shows these. */
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

/** One gate's verdict with the values it used. */
export interface Gate {
  readonly code: GateCode;
  readonly pass: boolean;
  readonly used?: unknown;
}

/** What is known at the moment of a decision. Clock, dice and page come in as data. */
export interface Facts extends Moment {
  readonly now: number;
  readonly who: string | null;
  /** Segments the server put this person in; undefined while that is not known. */
  readonly segments: readonly string[] | undefined;
  readonly history: History;
  /** Uniform in [0, 100), sticky. */
  readonly roll: number;
  readonly settings: Pick<Settings, 'recontactDays'>;
  readonly hasRecaptcha: boolean;
  /** Names of the actions that have fired for this page. */
  readonly fired: readonly string[];
  /** How often actions that some survey counts have fired on this device, by name. */
  readonly counts: Readonly<Record<string, number>>;
  /** Nothing can be stored, and the action that asks would ask again on the next page: code and click would not. */
  readonly isForgetful: boolean;
}

/** What may keep every survey closed for now; left out, nothing does. */
export interface Moment {
  readonly isOpen?: boolean;
  readonly isOpenElsewhere?: boolean;
  /** Why this is no moment to open anything; undefined when it is one. */
  readonly impolite?: string | undefined;
}

/** Asks every gate about one survey, in order. The survey may open when all pass; the first that fails is why not. */
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

/** An option this version doesn't know is the business of `unsupported` (client-api.md 6.8). */
function passesOption({ displayOption, displayLimit }: Survey, history: History): boolean {
  if (displayOption === 'displayOnce') return history.displays === 0;
  if (displayOption === 'displayMultiple') return !history.responded;
  if (displayOption === 'displaySome') return displayLimit === null || !history.responded;
  return true;
}

/** Whole 24 h periods; a clock that was set back counts as time passed, or a survey could hide for years. */
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
