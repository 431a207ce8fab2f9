import { expect, it } from 'vitest';
import { readEnv } from '../../server/env.ts';

it('has a default for everything, and an empty variable counts as unset', () => {
  expect(readEnv({ PORT: '', DATABASE_URL: '', HOME: '/x' })).toEqual({
    PORT: 3000,
    HOST: '127.0.0.1',
    DATABASE_URL: 'sqlite:data/inkling.db',
    FILES_URL: 'file:data/files',
    INKLING_RATE_LIMIT: 'on',
    LOG_LEVEL: 'warn',
  });
});

it.each([
  ['PORT', 'http'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['DATABASE_URL', 'mysql://x'],
  ['DATABASE_URL', 'inkling.db'],
  ['DATABASE_URL', 'sqlite:'],
  ['FILES_URL', 'ftp://x'],
  ['FILES_URL', 'file:'],
  ['FILES_URL', 's3://id:secret@bucket'],
  ['FILES_URL', 's3://bucket?zone=1'],
  ['INKLING_ENVIRONMENT_ID', 'Upper'],
  ['INKLING_ENVIRONMENT_ID', 'with-hyphen'],
  ['INKLING_API_KEY', 'only15character'],
  ['INKLING_RATE_LIMIT', '0'],
  ['INKLING_RATE_LIMIT', 'yes'],
  ['INKLING_TRUST_PROXY', 'all'],
  ['INKLING_ALLOW_PRIVATE_WEBHOOKS', 'true'],
  ['PUBLIC_URL', 'surveys.example.com'],
  ['PUBLIC_URL', 'ftp://surveys.example.com'],
  ['PUBLIC_URL', 'https://surveys.example.com/?a=1'],
  ['PUBLIC_URL', 'https://surveys.example.com/#a'],
  ['PUBLIC_URL', 'https://me:hush@surveys.example.com'],
  ['LOG_LEVEL', 'loud'],
])('%s=%s is refused with one line that names the variable', (name, value) => {
  let message = '';
  try {
    readEnv({ [name]: value });
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toMatch(new RegExp(`^${name}: [^\n]+$`));
});

it.each([
  ['PORT', '0'],
  ['INKLING_API_KEY', 'just16characters'],
  ['INKLING_RATE_LIMIT', '600'],
  ['DATABASE_URL', 'postgresql://a:b@c/d'],
])('%s=%s is accepted', (name, value) => expect(() => readEnv({ [name]: value })).not.toThrow());

it.each([
  ['https://surveys.example.com/', 'https://surveys.example.com'],
  ['https://example.com/surveys//', 'https://example.com/surveys'],
  ['HTTPS://Surveys.Example.com:443/Below', 'https://surveys.example.com/Below'],
  ['https://example.com/"><script>', 'https://example.com/%22%3E%3Cscript%3E'],
])('reads PUBLIC_URL %s as %s', (given, url) => expect(readEnv({ PUBLIC_URL: given }).PUBLIC_URL).toBe(url));

it('does not print a wrong value, which may be a secret', () => {
  expect(() => readEnv({ INKLING_API_KEY: 'hush' })).toThrow(/^INKLING_API_KEY: (?!.*hush)/);
  expect(() => readEnv({ DATABASE_URL: 'pg://user:hush@host' })).toThrow(/^DATABASE_URL: (?!.*hush)/);
});
