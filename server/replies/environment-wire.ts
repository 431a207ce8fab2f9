import { blocksOf } from '../../src/core/survey/convert.ts';
import type { Block, Ending, LegacyQuestion } from '../../src/core/survey/document.ts';
import { shortAliases } from '../base/language-codes.ts';
import type { LiveEnvironment } from '../context/environment-cache.ts';
import type { SurveyRecord } from '../repo/surveys.ts';
import { findInteractionRefresh, type InteractionRefresh } from '../segments/interaction-refresh.ts';
import { withAbsoluteUrls } from './wire.ts';

/** The most surveys a browser is sent (client-api.md 3.1). */
const MAX_SURVEYS = 30;
// Names and titles can be internal; a client needs to find something there all the same.
const PLACEHOLDER = 'Survey';
const EPOCH = new Date(0).toISOString();

/** Document fields that a browser gets as they are stored. */
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

interface StoredLanguage {
  readonly languageId: string;
  readonly default: boolean;
  readonly enabled: boolean;
}

/**
 * The environment as every visitor's browser sees it (client-api.md 3.1): live app surveys, newest first, without
 * anything that only the owner may know. Addresses of files are made absolute with `origin`.
 */
export function toWireEnvironment(live: LiveEnvironment, origin: string): unknown {
  const { environment, actionClasses, segments } = live;
  const settings = withAbsoluteUrls({ id: environment.id, ...withDarkOverlay(environment.settings) }, origin);
  const surveys = listDelivered(live);
  const refresh = findInteractionRefresh(surveys, segments);
  return {
    surveys: withAbsoluteUrls(
      surveys.map((survey) => toWireSurvey(survey, live, refresh?.get(survey.id))),
      origin,
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

/** Says whether an environment as it is sent depends on where the server is reached. */
export function hasFileUrls(live: LiveEnvironment): boolean {
  return [live.environment.settings, ...listDelivered(live).map(({ document }) => document)].some((part) =>
    JSON.stringify(part).includes('"/storage/'),
  );
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
): unknown {
  const { document } = survey;
  const names = new Map(live.actionClasses.map(({ id, name }) => [id, name]));
  const overwrites = toWireOverwrites(document.workspaceOverwrites as Overwrites | null | undefined);
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
    ...Object.fromEntries(PUBLIC_FIELDS.map((field) => [field, document[field] ?? null])),
    languages: toWireLanguages(document.languages as readonly StoredLanguage[] | undefined, live),
    triggers: survey.triggers.map(({ actionClassId, occurrence }) => ({
      actionClass: { name: names.get(actionClassId) ?? '' },
      ...(occurrence === null ? {} : { occurrence }),
    })),
    segment: toWireSegment(survey.segmentId, live),
    workspaceOverwrites: overwrites,
    projectOverwrites: overwrites,
    ...(interactionRefresh ? { interactionRefresh } : {}),
  };
}

interface Overwrites {
  readonly overlay?: string | null;
}

/** Older clients know only whether the page is darkened (client-api.md 7). */
function withDarkOverlay<T extends { readonly overlay?: string | null }>(given: T) {
  return typeof given.overlay === 'string' ? { ...given, darkOverlay: given.overlay === 'dark' } : given;
}

function toWireOverwrites(given: Overwrites | null | undefined): unknown {
  return given ? withDarkOverlay(given) : null;
}

/** A survey's languages; with two or more of them also under the short codes that older clients look for. */
function toWireLanguages(
  stored: readonly StoredLanguage[] = [],
  { languages, environment }: LiveEnvironment,
): unknown[] {
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

/** Filters name attributes and values of people: a browser learns only whether there are any. */
function toWireSegment(segmentId: string | null, { segments, environment }: LiveEnvironment): unknown {
  const segment = segmentId === null ? undefined : segments.get(segmentId);
  if (!segment) return null;
  const hasFilters = segment.filters.length > 0;
  return {
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
}

// Older clients look only at the number of filters.
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
