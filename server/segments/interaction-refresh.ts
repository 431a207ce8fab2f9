import type { FilterOperator } from '../../src/wire/segment.ts';
import { isShape, listFilters, listReachable, type Shape } from './filter-tree.ts';

/** Events of a survey that may move a person in or out of a segment: after them a client refreshes its user state. */
export interface InteractionRefresh {
  readonly onDisplay: boolean;
  readonly onResponse: boolean;
  readonly onFinished: boolean;
}

type Event = keyof InteractionRefresh;

const EVENTS: Readonly<Record<FilterOperator<'surveyInteraction'>, Event>> = {
  haveSeen: 'onDisplay',
  haveNotSeen: 'onDisplay',
  haveStartedRespondingTo: 'onResponse',
  haveCompleted: 'onFinished',
  haveNotCompleted: 'onFinished',
};

/**
 * For each of the surveys that are delivered, the events that the targeting of some delivered survey refers to, nested
 * segments included (client-api.md 3.1). Undefined when none of them refers to interactions.
 */
export function findInteractionRefresh(
  surveys: readonly { readonly id: string; readonly segmentId: string | null }[],
  segments: ReadonlyMap<string, { readonly filters: unknown }>,
): ReadonlyMap<string, InteractionRefresh> | undefined {
  const asked = new Map<Event, Set<string>>();
  for (const { qualifier, value } of listTargeting(surveys, segments).filter(isInteraction)) {
    const event = isShape(qualifier) ? eventOf(qualifier.operator) : undefined;
    if (!event) continue;
    const targets = asked.get(event) ?? new Set();
    for (const id of targetsOf(value, surveys)) targets.add(id);
    asked.set(event, targets);
  }
  if (asked.size === 0) return undefined;

  const isAsked = (event: Event, id: string): boolean => asked.get(event)?.has(id) === true;
  return new Map(
    surveys.map(({ id }) => [
      id,
      {
        onDisplay: isAsked('onDisplay', id),
        onResponse: isAsked('onResponse', id),
        onFinished: isAsked('onFinished', id),
      },
    ]),
  );
}

/** Every filter of the surveys' segments and of those they refer to, each segment once. */
function listTargeting(
  surveys: readonly { readonly segmentId: string | null }[],
  segments: ReadonlyMap<string, { readonly filters: unknown }>,
): readonly Shape[] {
  const own = surveys.flatMap(({ segmentId }) => (segmentId === null ? [] : [segmentId]));
  const reached = listReachable(own, segments);
  return [...reached].flatMap((id) => listFilters(segments.get(id)?.filters));
}

function isInteraction({ root }: Shape): boolean {
  return isShape(root) && root.type === 'surveyInteraction';
}

function eventOf(operator: unknown): Event | undefined {
  if (typeof operator !== 'string' || !Object.hasOwn(EVENTS, operator)) return undefined;
  return EVENTS[operator as keyof typeof EVENTS];
}

function targetsOf(value: unknown, surveys: readonly { readonly id: string }[]): readonly string[] {
  if (!isShape(value)) return [];
  if (value.surveyScope === 'any') return surveys.map(({ id }) => id);
  return Array.isArray(value.surveyIds) ? value.surveyIds : [];
}
