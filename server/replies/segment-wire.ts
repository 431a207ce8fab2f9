import type { WireSegment } from '../../src/wire/management-reply.ts';
import type { SegmentRecord } from '../repo/segments.ts';
import { toOwner, toStamps } from './wire.ts';

/** Converts a segment to its form in the management API; `surveys` are the ids of those that use it. */
export function toWireSegment(segment: SegmentRecord, surveys: readonly string[] = []): WireSegment {
  const { title, description, isPrivate, filters, environmentId } = segment;
  return { ...toStamps(segment), title, description, isPrivate, filters, ...toOwner(environmentId), surveys };
}
