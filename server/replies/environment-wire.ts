import { MAX_SURVEY_DISPLAYS } from '../../src/core/limits.ts';
import { blocksOf } from '../../src/core/survey/convert.ts';
import type {
  Block,
  Ending,
  LegacyQuestion,
  Overlay,
  Overwrites,
  Settings,
  Survey,
} from '../../src/core/survey/document.ts';
import type { WireEnvironment } from '../../src/wire/environment.ts';
import { shortAliases } from '../base/language-codes.ts';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import { findInteractionRefresh, type InteractionRefresh } from '../segments/interaction-refresh.ts';
import { withAbsoluteUrls } from './wire.ts';

/** Largest number of surveys in an environment (client-api.md 3.1). */
const MAX_SURVEYS = 30;
// Names and titles may be internal, but clients require a text.
const PLACEHOLDER = 'Survey';
const EPOCH = new Date(0).toISOString();

/** Document fields that are delivered as they are stored. */
const PUBLIC_FIELDS = [
  'welcomeCard',
  'endings',
  'variables',
  'hiddenFields',
  'showLanguageSwitch',
  'autoClose',
  'styling',
  'recaptcha',
  'recontactDays',
  'displayLimit',
  'displayOption',
  'isBackButtonHidden',
  'isAutoProgressingEnabled',
  'displayPercentage',
  'delay',
] as const;

type PublicFields = Pick<Survey, (typeof PUBLIC_FIELDS)[number] & keyof Survey>;

/** A survey with the fields that only other clients than Inkling's read. */
interface DeliveredSurvey extends Survey {
  readonly name: string;
  readonly projectOverwrites: Survey['workspaceOverwrites'];
}

interface StoredLanguage {
  readonly languageId: string;
  readonly default: boolean;
  readonly enabled: boolean;
}

/**
 * Converts an environment to what every visitor's browser gets (client-api.md 3.1): live app surveys, newest first,
 * without data that only the owner may see. URLs of files are made absolute with `base`.
 */
export function toWireEnvironment(live: LiveEnvironment, base: string): WireEnvironment {
  const { environment, actionClasses, segments } = live;
  const settings = withAbsoluteUrls(withDarkOverlay(toPublicSettings(environment)), base);
  const surveys = listDelivered(live);
  const refresh = findInteractionRefresh(surveys, segments);
  return {
    surveys: withAbsoluteUrls(
      surveys.map((survey) => toWireSurvey(survey, live, refresh?.get(survey.id))),
      base,
    ),
    actionClasses: actionClasses.map(({ id, type, name, key, noCodeConfig }) => ({
      id,
      type,
      name,
      key,
      noCodeConfig,
    })),
    workspace: settings,
    project: settings,
    inkling: 1,
  };
}

/** The settings that browsers need: by name, so that a new one of the server's own stays here. */
function toPublicSettings({ id, settings }: LiveEnvironment['environment']): Settings {
  const { recontactDays, clickOutsideClose, overlay, placement, inAppSurveyBranding, styling } = settings;
  return { id, recontactDays, clickOutsideClose, overlay, placement, inAppSurveyBranding, styling };
}

function listDelivered({ surveys }: LiveEnvironment): readonly SurveyRecord[] {
  return [...surveys.values()]
    .filter(({ type, status }) => type === 'app' && status === 'inProgress')
    .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
    .slice(0, MAX_SURVEYS);
}

function toWireSurvey(
  survey: SurveyRecord,
  live: LiveEnvironment,
  interactionRefresh: InteractionRefresh | undefined,
): DeliveredSurvey {
  const { document } = survey;
  const names = new Map(live.actionClasses.map(({ id, name }) => [id, name]));
  const overwrites = toWireOverwrites(document.workspaceOverwrites as Overwrites | null | undefined);
  // Checked by the schema of surveys before they were stored.
  const fields = Object.fromEntries(
    PUBLIC_FIELDS.map((field) => [field, document[field] ?? null]),
  ) as unknown as PublicFields;
  return {
    id: survey.id,
    name: PLACEHOLDER,
    type: survey.type,
    status: survey.status,
    questions: [],
    blocks: blocksOf({
      blocks: (document.blocks ?? []) as readonly Block[],
      questions: (document.questions ?? []) as readonly LegacyQuestion[],
      endings: (document.endings ?? []) as readonly Ending[],
    }),
    ...fields,
    // A person's state counts up to this number (client-api.md 3.7).
    displayLimit: fields.displayLimit === null ? null : Math.min(fields.displayLimit, MAX_SURVEY_DISPLAYS),
    languages: toWireLanguages(document.languages as readonly StoredLanguage[] | undefined, live),
    triggers: survey.triggers.map(({ actionClassId, occurrence }) => ({
      actionClass: { name: names.get(actionClassId) ?? '' },
      ...(occurrence === null ? {} : { occurrence }),
    })),
    segment: toPublicSegment(survey.segmentId, live),
    workspaceOverwrites: overwrites,
    projectOverwrites: overwrites,
    ...(interactionRefresh ? { interactionRefresh } : {}),
  };
}

/** Adds the older form of `overlay`, a flag (client-api.md 7). */
function withDarkOverlay<T extends { readonly overlay?: Overlay | null }>(given: T) {
  return typeof given.overlay === 'string' ? { ...given, darkOverlay: given.overlay === 'dark' } : given;
}

function toWireOverwrites(given: Overwrites | null | undefined): Overwrites | null {
  return given ? withDarkOverlay(given) : null;
}

/** Lists a survey's languages; two or more of them also under the short codes that older clients look up. */
function toWireLanguages(
  stored: readonly StoredLanguage[] = [],
  { languages, environment }: LiveEnvironment,
): Survey['languages'] {
  const rows = stored.flatMap(({ languageId, ...flags }) => {
    const language = languages.find(({ id }) => id === languageId);
    return language ? [{ ...flags, language }] : [];
  });
  const codes = new Set(rows.map(({ language }) => language.code));
  // An extra entry would turn a survey in one language into one in several.
  const tagged = rows.length < 2 ? [] : rows;
  const aliases = tagged.flatMap((row) =>
    shortAliases(row.language.code).flatMap((code) => {
      if (codes.has(code)) return [];
      codes.add(code);
      return [{ ...row, language: { ...row.language, code } }];
    }),
  );
  return [...rows, ...aliases].map(({ language, ...flags }) => ({
    ...flags,
    language: {
      id: language.id,
      code: language.code,
      alias: language.alias,
      createdAt: new Date(language.createdAt).toISOString(),
      updatedAt: new Date(language.updatedAt).toISOString(),
      workspaceId: environment.id,
      projectId: environment.id,
    },
  }));
}

/** Delivers of a segment only whether it has filters: they name attributes and values of contacts. */
function toPublicSegment(
  segmentId: string | null,
  { segments, environment }: LiveEnvironment,
): Survey['segment'] {
  const segment = segmentId === null ? undefined : segments.get(segmentId);
  if (!segment) return null;
  const hasFilters = segment.filters.length > 0;
  const wire = {
    id: segment.id,
    title: PLACEHOLDER,
    description: null,
    isPrivate: true,
    filters: hasFilters ? [STAND_IN_FILTER] : [],
    environmentId: environment.id,
    workspaceId: environment.id,
    createdAt: EPOCH,
    updatedAt: EPOCH,
    surveys: [],
    hasFilters,
  };
  return wire;
}

// Older clients read only the number of filters.
const STAND_IN_FILTER = {
  id: 'filter',
  connector: null,
  resource: {
    id: 'filter',
    root: { type: 'device', deviceType: 'desktop' },
    value: 'desktop',
    qualifier: { operator: 'equals' },
  },
};
