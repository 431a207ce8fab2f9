import * as z from 'zod';
import { LOG_LEVELS } from './http/log.ts';

const envSchema = z.object({
  PORT: z.coerce.number('must be a port number').int().min(0).max(65535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z
    .string()
    .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, 'must be sqlite:<path> or postgres://…')
    .default('sqlite:data/inkling.db'),
  FILES_URL: z
    .string()
    .regex(/^(file:.+|s3:\/\/.+)$/, 'must be file:<folder> or s3://…')
    .default('file:data/files'),
  INKLING_ENVIRONMENT_ID: z
    .string()
    .regex(/^[0-9a-z]+$/, 'must be lower-case letters and digits')
    .optional(),
  INKLING_API_KEY: z.string().min(16, 'must have at least 16 characters').optional(),
  INKLING_SEED: z.string().optional(),
  INKLING_RATE_LIMIT: z
    .string()
    .regex(/^(on|off|[1-9]\d*)$/, 'must be on, off, or requests per minute')
    .default('on'),
  INKLING_TRUST_PROXY: z.coerce.number('must be a number of proxies').int().min(0).optional(),
  INKLING_ALLOW_PRIVATE_WEBHOOKS: z.literal('1', 'must be 1 or unset').optional(),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) address' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('warn'),
});

/** The server's settings, as design.md section 4 names them. */
export type Env = z.output<typeof envSchema>;

/**
 * Checks the environment variables once, at the start; an empty one counts as unset. Throws an `Error` whose message
 * names the variable that is wrong, and never repeats its value: it may be a secret.
 */
export function readEnv(variables: Readonly<Record<string, string | undefined>>): Env {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const result = envSchema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${issue?.path.join('.')}: ${issue?.message}`);
}
