import { expectTypeOf, it } from 'vitest';
import type * as z from 'zod';
import type { WireDisplayRequest, WireResponseRequest } from '../../src/wire/response.ts';
import type * as responses from '../../src/wire/response-schema.ts';
import type { WireUserRequest } from '../../src/wire/user.ts';
import type { userRequestSchema } from '../../src/wire/user-schema.ts';

type Fields<S extends keyof typeof responses> = keyof z.input<(typeof responses)[S]>;

/** A schema drops fields it does not know without a word: `tsc -p test` fails when a request type has such a field. */
it('every field that a client sends is one of the schema that reads it', () => {
  expectTypeOf<keyof WireUserRequest>().toExtend<keyof z.input<typeof userRequestSchema>>();
  expectTypeOf<keyof WireDisplayRequest>().toExtend<Fields<'displayV1Schema'> | Fields<'displayV2Schema'>>();
  expectTypeOf<keyof WireResponseRequest>().toExtend<
    Fields<'responseV1Schema'> | Fields<'responseV2Schema'>
  >();
});
