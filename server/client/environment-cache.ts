import type { Kysely } from 'kysely';
import type { Log } from '../http/log.ts';
import { type ActionClassRecord, listActionClasses } from '../repo/action-classes.ts';
import { type AttributeKey, listAttributeKeys } from '../repo/attribute-keys.ts';
import { type Environment, findEnvironment, findRevision } from '../repo/environments.ts';
import { type LanguageRecord, listLanguages } from '../repo/languages.ts';
import type { Schema } from '../repo/schema.ts';
import { listSegments, type SegmentRecord } from '../repo/segments.ts';
import { listSurveys, type SurveyRecord } from '../repo/surveys.ts';
import { compileSegment, type Predicate } from '../segments/compile-segment.ts';

/** A segment that is ready to be asked. */
export interface LiveSegment {
  readonly id: string;
  readonly isMember: Predicate;
}

/** Everything of one environment that client requests need, loaded once per change. */
export interface LiveEnvironment {
  readonly environment: Environment;
  readonly surveys: ReadonlyMap<string, SurveyRecord>;
  readonly actionClasses: readonly ActionClassRecord[];
  readonly segments: ReadonlyMap<string, SegmentRecord>;
  readonly liveSegments: readonly LiveSegment[];
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

  function load(id: string): Entry {
    const entry: Entry = { loaded: loadEnvironment(db, id, log), checkedAt: clock() };
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

async function loadEnvironment(
  db: Kysely<Schema>,
  id: string,
  log: Log,
): Promise<LiveEnvironment | undefined> {
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
  return {
    environment,
    surveys: new Map(surveys.map((survey) => [survey.id, survey])),
    actionClasses,
    segments: new Map(segments.map((segment) => [segment.id, segment])),
    liveSegments: segments.flatMap((segment) => toLiveSegment(segment, log)),
    languages,
    attributeKeys: new Map(attributeKeys.map((key) => [key.key, key])),
  };
}

function toLiveSegment({ id, filters }: SegmentRecord, log: Log): readonly LiveSegment[] {
  const compiled = compileSegment(filters);
  if ('isMember' in compiled) return [{ id, isMember: compiled.isMember }];
  log.warn('segment has no members: it uses something unknown', {
    segment: id,
    unknown: compiled.unsupported,
  });
  return [];
}
