import type { Kysely } from 'kysely';
import type { Log } from '../base/log.ts';
import { type ActionClassRecord, listActionClasses } from '../repo/action-classes.ts';
import { type AttributeKeyRecord, listAttributeKeys } from '../repo/attribute-keys.ts';
import { type Environment, findEnvironment, findRevision } from '../repo/environments.ts';
import { type LanguageRecord, listLanguages } from '../repo/languages.ts';
import type { Schema } from '../repo/schema.ts';
import { listSegments, type SegmentRecord } from '../repo/segments.ts';
import { listSurveys, type SurveyRecord } from '../repo/surveys.ts';
import { compileSegments, type Segmentation, type SkippedSegment } from '../segments/compile-segments.ts';

/** One environment with everything that client requests need, loaded once per change. */
export interface LiveEnvironment {
  readonly environment: Environment;
  readonly surveys: ReadonlyMap<string, SurveyRecord>;
  readonly actionClasses: readonly ActionClassRecord[];
  readonly segments: ReadonlyMap<string, SegmentRecord>;
  /** Returns the ids of the segments that a person is in. */
  readonly membershipsOf: Segmentation['membershipsOf'];
  readonly languages: readonly LanguageRecord[];
  readonly attributeKeys: ReadonlyMap<string, AttributeKeyRecord>;
}

/** In-memory cache of environments. */
export interface EnvironmentCache {
  /** Returns the environment, at most 250 ms old; undefined for an unknown id. Rejects when it can't be loaded. */
  find(id: string): Promise<LiveEnvironment | undefined>;
  /** Invalidates an environment that this process has changed. */
  forget(id: string): void;
}

interface Entry {
  readonly loaded: Promise<LiveEnvironment | undefined>;
  checkedAt: number;
}

// A change that another process makes on the same database must be visible within a second.
const RECHECK_MS = 250;
const MAX_ENTRIES = 1000;
const ID = /^[0-9a-z]+$/;

/** Makes a cache that checks for a newer revision at most every 250 ms per environment. */
export function createEnvironmentCache(
  db: Kysely<Schema>,
  log: Log,
  clock: () => number = () => performance.now(),
): EnvironmentCache {
  const entries = new Map<string, Entry>();
  const logSkipped = createSkippedLog(log);

  async function loadAndLog(id: string): Promise<LiveEnvironment | undefined> {
    const found = await loadEnvironment(db, id);
    if (found) logSkipped(found);
    return found?.live;
  }

  function load(id: string): Entry {
    const entry: Entry = { loaded: loadAndLog(id), checkedAt: clock() };
    if (entries.size >= MAX_ENTRIES) entries.delete(entries.keys().next().value ?? id);
    entries.set(id, entry);
    // Failures and unknown ids are not cached: made-up ids must not evict real ones.
    const drop = (): void => {
      if (entries.get(id) === entry) entries.delete(id);
    };
    entry.loaded.then((found) => {
      if (!found) drop();
    }, drop);
    return entry;
  }

  async function recheck(id: string, entry: Entry): Promise<Entry> {
    // Set before the query, so that of many concurrent requests only one sends it.
    entry.checkedAt = clock();
    const [known, revision] = await Promise.all([entry.loaded, findRevision(db, id)]);
    if (known?.environment.revision === revision) return entry;
    // Unless another request has reloaded it already.
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
  // Read first: after a change during the loading, the next check finds this revision outdated.
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

/** Logs each segment that can't be evaluated once per revision, however often the environment is loaded. */
function createSkippedLog(log: Log): (loaded: Loaded) => void {
  const logged = new Map<string, number>();
  return ({ live, skipped }) => {
    const { id, revision } = live.environment;
    if (skipped.length === 0 || logged.get(id) === revision) return;
    if (logged.size >= MAX_ENTRIES) logged.delete(logged.keys().next().value ?? id);
    logged.set(id, revision);
    for (const { id: segment, reason } of skipped) {
      log.warn('segment has no members: it uses something unknown', { segment, unknown: reason });
    }
  };
}
