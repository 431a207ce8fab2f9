import type { Kysely } from 'kysely';
import type { Log } from '../base/log.ts';
import { type ActionClassRecord, listActionClasses } from '../repo/action-classes.ts';
import { type AttributeKey, listAttributeKeys } from '../repo/attribute-keys.ts';
import { type Environment, findEnvironment, findRevision } from '../repo/environments.ts';
import { type LanguageRecord, listLanguages } from '../repo/languages.ts';
import type { Schema } from '../repo/schema.ts';
import { listSegments, type SegmentRecord } from '../repo/segments.ts';
import { listSurveys, type SurveyRecord } from '../repo/surveys.ts';
import { compileSegments, type Segmentation, type SkippedSegment } from '../segments/compile-segments.ts';

/** Everything of one environment that client requests need, loaded once per change. */
export interface LiveEnvironment {
  readonly environment: Environment;
  readonly surveys: ReadonlyMap<string, SurveyRecord>;
  readonly actionClasses: readonly ActionClassRecord[];
  readonly segments: ReadonlyMap<string, SegmentRecord>;
  /** Says which segments a person is in. */
  readonly membershipsOf: Segmentation['membershipsOf'];
  readonly languages: readonly LanguageRecord[];
  readonly attributeKeys: ReadonlyMap<string, AttributeKey>;
}

/** Environments in memory. */
export interface EnvironmentCache {
  /** The environment as it was at most a quarter of a second ago; undefined when there is none of this id. */
  find(id: string): Promise<LiveEnvironment | undefined>;
  /** Makes the next `find` load anew: this process has just changed something. */
  forget(id: string): void;
}

interface Entry {
  readonly loaded: Promise<LiveEnvironment | undefined>;
  checkedAt: number;
}

// Another process on the same database may change an environment; its change must show within a second.
const RECHECK_MS = 250;
const MAX_ENTRIES = 1000;
const ID = /^[0-9a-z]+$/;

/** Keeps what client requests need of each environment, and looks for a newer revision now and then. */
export function createEnvironmentCache(
  db: Kysely<Schema>,
  log: Log,
  clock: () => number = () => performance.now(),
): EnvironmentCache {
  const entries = new Map<string, Entry>();
  const tellSkipped = createSkippedLog(log);

  async function loadAndTell(id: string): Promise<LiveEnvironment | undefined> {
    const found = await loadEnvironment(db, id);
    if (found) tellSkipped(found);
    return found?.live;
  }

  function load(id: string): Entry {
    const entry: Entry = { loaded: loadAndTell(id), checkedAt: clock() };
    if (entries.size >= MAX_ENTRIES) entries.delete(entries.keys().next().value ?? id);
    entries.set(id, entry);
    // Neither a failure nor "there is none" is kept: a made-up id must not push a real one out for long.
    const drop = (): void => {
      if (entries.get(id) === entry) entries.delete(id);
    };
    entry.loaded.then((found) => {
      if (!found) drop();
    }, drop);
    return entry;
  }

  async function recheck(id: string, entry: Entry): Promise<Entry> {
    // Set before the question is asked, so that of many requests at once only one asks.
    entry.checkedAt = clock();
    const [known, revision] = await Promise.all([entry.loaded, findRevision(db, id)]);
    if (known?.environment.revision === revision) return entry;
    // Unless another request has already loaded it anew.
    const present = entries.get(id);
    return present && present !== entry ? present : load(id);
  }

  return {
    async find(id) {
      if (!ID.test(id)) return undefined;
      const entry = entries.get(id);
      if (!entry) return load(id).loaded;
      if (clock() - entry.checkedAt < RECHECK_MS) return entry.loaded;
      return (await recheck(id, entry)).loaded;
    },
    forget(id) {
      entries.delete(id);
    },
  };
}

interface Loaded {
  readonly live: LiveEnvironment;
  readonly skipped: readonly SkippedSegment[];
}

async function loadEnvironment(db: Kysely<Schema>, id: string): Promise<Loaded | undefined> {
  // First, so that a change during the loading leaves a revision behind that the next look finds to be old.
  const environment = await findEnvironment(db, id);
  if (!environment) return undefined;
  const [surveys, actionClasses, segments, languages, attributeKeys] = await Promise.all([
    listSurveys(db, [id]),
    listActionClasses(db, [id]),
    listSegments(db, id),
    listLanguages(db, [id]),
    listAttributeKeys(db, id),
  ]);
  const keys = new Map(attributeKeys.map((key) => [key.key, key]));
  const { membershipsOf, skipped } = compileSegments(segments, keys);
  const live = {
    environment,
    surveys: new Map(surveys.map((survey) => [survey.id, survey])),
    actionClasses,
    segments: new Map(segments.map((segment) => [segment.id, segment])),
    membershipsOf,
    languages,
    attributeKeys: keys,
  };
  return { live, skipped };
}

/** One line per segment that has no members and per change, however often the environment is loaded meanwhile. */
function createSkippedLog(log: Log): (loaded: Loaded) => void {
  const told = new Map<string, number>();
  return ({ live, skipped }) => {
    const { id, revision } = live.environment;
    if (skipped.length === 0 || told.get(id) === revision) return;
    if (told.size >= MAX_ENTRIES) told.delete(told.keys().next().value ?? id);
    told.set(id, revision);
    for (const { id: segment, reason } of skipped) {
      log.warn('segment has no members: it uses something unknown', { segment, unknown: reason });
    }
  };
}
