import { environmentRefSchema } from '../../src/wire/base-schema.ts';
import type { WireSegment } from '../../src/wire/management-reply.ts';
import { authenticate, type Caller, requireOwn, resolveEnvironment } from '../auth/auth.ts';
import type { ServerContext } from '../context/context.ts';
import { changeSegment, createSegment, removeSegment } from '../domain/segment-service.ts';
import { readDocument } from '../http/body.ts';
import { readId, readPage } from '../http/page.ts';
import { ok, pathParam, type Route } from '../http/routes.ts';
import { toWireSegment } from '../replies/segment-wire.ts';
import type { Permission } from '../repo/api-keys.ts';
import { findSegments, listSegmentsOf, type SegmentRecord } from '../repo/segments.ts';
import { listSurveysOfSegments } from '../repo/surveys.ts';

const PATH = '/api/v1/management/segments';
const TAG = 'Management: segments';
const replies = () => import('../../src/wire/management-reply-schema.ts');
const queries = () => import('../../src/wire/query-schema.ts');
const requests = () => import('../../src/wire/segment-schema.ts');

/** Routes of segments, an addition of Inkling (differences.md 1.15). */
export function segmentRoutes(context: ServerContext): readonly Route[] {
  const db = context.database.read;

  async function findOwn(caller: Caller, text: string, permission: Permission): Promise<SegmentRecord> {
    const id = readId(text);
    const [found] = await findSegments(db, [id]);
    return requireOwn(caller, found, { type: 'Segment', id, permission });
  }

  async function toWire(segments: readonly SegmentRecord[]): Promise<readonly WireSegment[]> {
    const users = await listSurveysOfSegments(
      db,
      segments.map(({ id }) => id),
    );
    return segments.map((segment) => toWireSegment(segment, users.get(segment.id)));
  }

  return [
    {
      method: 'GET',
      path: PATH,
      summary: 'Lists the segments of all environments of the key',
      tag: TAG,
      auth: 'read',
      query: async () => (await queries()).pageQuerySchema,
      reply: async () => (await replies()).segmentListSchema,
      async handle(c) {
        const { permissions } = await authenticate(context, c);
        return ok(c, await toWire(await listSegmentsOf(db, [...permissions.keys()], readPage(c))));
      },
    },
    {
      method: 'POST',
      path: PATH,
      summary: 'Makes a segment that any survey may use',
      tag: TAG,
      auth: 'write',
      body: async () => (await requests()).segmentRequestSchema.extend(environmentRefSchema.shape),
      reply: async () => (await replies()).segmentReplySchema,
      errors: [409],
      async handle(c) {
        const caller = await authenticate(context, c);
        const body = await readDocument(c);
        const environmentId = await resolveEnvironment(context, caller, { body, permission: 'write' });
        return ok(c, (await toWire([await createSegment(context, environmentId, body)]))[0]);
      },
    },
    {
      method: 'GET',
      path: `${PATH}/:id`,
      summary: 'Reads one segment',
      tag: TAG,
      auth: 'read',
      params: { id: 'segment' },
      reply: async () => (await replies()).segmentReplySchema,
      async handle(c) {
        const caller = await authenticate(context, c);
        return ok(c, (await toWire([await findOwn(caller, pathParam(c, 'id'), 'read')]))[0]);
      },
    },
    {
      method: 'PUT',
      path: `${PATH}/:id`,
      summary: 'Changes a segment; what is absent stays',
      tag: TAG,
      auth: 'write',
      params: { id: 'segment' },
      body: async () => (await requests()).segmentChangeSchema,
      reply: async () => (await replies()).segmentReplySchema,
      errors: [409],
      async handle(c) {
        const caller = await authenticate(context, c);
        const present = await findOwn(caller, pathParam(c, 'id'), 'write');
        return ok(c, (await toWire([await changeSegment(context, present, await readDocument(c))]))[0]);
      },
    },
    {
      method: 'DELETE',
      path: `${PATH}/:id`,
      summary: 'Deletes a segment that nothing uses',
      tag: TAG,
      auth: 'manage',
      params: { id: 'segment' },
      reply: async () => (await replies()).segmentReplySchema,
      errors: [409],
      async handle(c) {
        const caller = await authenticate(context, c);
        const present = await findOwn(caller, pathParam(c, 'id'), 'manage');
        await removeSegment(context, present);
        return ok(c, toWireSegment(present));
      },
    },
  ];
}
