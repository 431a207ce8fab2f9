import type {
  SegmentAttribute,
  SegmentMoment,
  SegmentPerson,
} from '../../../server/segments/compile-filter.ts';
import { compileSegments } from '../../../server/segments/compile-segments.ts';

/** How a filter is combined with the one before it. */
export type Connector = 'and' | 'or' | null;

/** The instant of these tests: a Tuesday. */
export const NOW = Date.UTC(2026, 2, 31, 12);

/** A person without attributes and history. */
export const NOBODY: SegmentPerson = { attributes: new Map(), displays: [], responses: [] };

/** A stored filter. */
export function filter(
  root: object,
  operator: unknown,
  value?: unknown,
  connector: Connector = null,
): Readonly<Record<string, unknown>> {
  return { id: 'n', connector, resource: { id: 'f', root, value, qualifier: { operator } } };
}

/** A filter on an attribute. */
export function attribute(
  key: string,
  operator: unknown,
  value?: unknown,
  connector: Connector = null,
): Readonly<Record<string, unknown>> {
  return filter({ type: 'attribute', contactAttributeKey: key }, operator, value, connector);
}

/** A stored attribute, its text alone or with a number or an instant. */
export function stored(
  value: string,
  { number = null, date = null }: Partial<SegmentAttribute> = {},
): SegmentAttribute {
  return { value, number, date };
}

/** Evaluates one segment: membership, or the reason why it is skipped. */
export function judge(
  filters: unknown,
  {
    person = NOBODY,
    keys = {},
    moment = {},
  }: {
    readonly person?: Partial<SegmentPerson>;
    readonly keys?: Readonly<Record<string, string>>;
    readonly moment?: Partial<SegmentMoment>;
  } = {},
): boolean | string {
  const types = new Map(Object.entries(keys).map(([key, dataType]) => [key, { dataType }]));
  const { membershipsOf, skipped } = compileSegments([{ id: 's', filters }], types);
  const members = membershipsOf({ ...NOBODY, ...person }, { now: NOW, device: 'desktop', ...moment });
  return skipped[0]?.reason ?? members.includes('s');
}
