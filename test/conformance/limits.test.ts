import { afterAll, beforeAll, describe, it } from 'vitest';
import { KINDS } from '../support/app.ts';
import type { Step } from './case.ts';
import { type CaseContext, createCaseContext, newValues, takeStep, type Values } from './case-context.ts';
import { like } from './match.ts';
import { type RunningServer, startServer } from './server.ts';
import { CLIENT_HEADERS, failure } from './tables/common.ts';

const LIMIT = 3;
const MINUTE_MS = 60_000;

const STEP: Step = { send: { path: '/api/v1/client/{env}/environment' }, wait: 0 };
const REFUSED: Step = {
  ...STEP,
  expect: {
    ...failure(429, 'too_many_requests', {
      message: 'Maximum number of requests reached. Please try again later.',
    }),
    headers: { ...CLIENT_HEADERS, 'retry-after': like(/^([1-9]|[1-5]\d|60)$/) },
  },
};

describe.each(KINDS)('limits on %s', (kind) => {
  let server: RunningServer;
  let context: CaseContext;
  let values: Values;
  beforeAll(async () => {
    server = await startServer(kind, { rateLimit: LIMIT });
    context = await createCaseContext(server);
    values = newValues('v1');
  });
  afterAll(async () => {
    context.client.close();
    await server.stop();
  });

  it('a request above the limit is 429 until the minute is over', async ({ task }) => {
    task.meta.line = `GET /api/v1/client/{id}/environment · request ${LIMIT + 1} of a minute → 429  (client-api.md 2.6, ${kind})`;
    for (let count = 0; count < LIMIT; count += 1) await takeStep(context, values, STEP);
    await takeStep(context, values, REFUSED);
    await takeStep(context, values, { ...STEP, wait: MINUTE_MS });
  });

  it('preflights are not counted', async ({ task }) => {
    task.meta.line = `OPTIONS /api/v1/client/{id}/environment · any number of them → 200  (client-api.md 2.4, ${kind})`;
    const preflight: Step = { send: { ...STEP.send, method: 'OPTIONS' }, wait: 0 };
    for (let count = 0; count < 2 * LIMIT; count += 1) await takeStep(context, values, preflight);
    await takeStep(context, values, { ...STEP, wait: MINUTE_MS });
  });
});
