import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as limits from '../src/core/limits.ts';
import { findNodes } from './support/source-code.ts';

/**
 * Built-in parsers, and what else may take more time than its input is long: language tags, hosts and Unicode normal
 * forms take the square of it.
 */
const PARSERS =
  /^(Intl\.\w+|URL|URL\.canParse|URLSearchParams|Date\.parse|JSON\.parse|structuredClone|BigInt|atob|decodeURI(Component)?|Script|Busboy|isDeepStrictEqual|bowser\.getParser|RegExp)$|\.(normalize|toLocale\w+|localeCompare)$/;

/** Where the input is bounded before: a bound of limits.ts that stands in the same file, or why none is needed. */
const BOUNDED_BY: Readonly<Record<string, string>> = {
  'server/base/language-codes.ts Intl.Locale': 'MAX_LANGUAGE_CHARS',
  'server/base/language-codes.ts Intl.getCanonicalLocales': 'two letters',
  'server/domain/link-survey.ts URL': 'MAX_URL_CHARS',
  'server/domain/survey-body.ts JSON.parse': 'the body as it was read',
  'server/domain/survey-body.ts isDeepStrictEqual': 'the body as it was read',
  'server/domain/survey-service.ts Date.parse': 'MAX_DATE_CHARS in wire/survey-schema.ts',
  'server/domain/survey-service.ts isDeepStrictEqual': 'the body as it was read',
  'server/domain/user-agent.ts bowser.getParser': 'MAX_USER_AGENT_CHARS',
  'server/files/file-address.ts decodeURIComponent': 'MAX_FILE_PATH_CHARS',
  'server/files/file-name.ts text.normalize': 'MAX_FILE_NAME_CHARS',
  'server/http/body.ts JSON.parse': 'MAX_BODY_BYTES',
  'server/http/json-bounds.ts JSON.parse': 'one key of a body',
  'server/jobs.ts Date.parse': 'MAX_DATE_CHARS in wire/survey-schema.ts',
  'server/management/response-routes.ts Date.parse': 'a format of 35 characters',
  'server/management/routes.ts URL': 'MAX_HEADER_BYTES in serve.ts',
  'server/repo/contact-lists.ts BigInt': 'a hash',
  'server/repo/sqlite-dialect.ts BigInt': 'a number',
  'server/repo/surveys.ts Date.parse': 'MAX_DATE_CHARS in wire/survey-schema.ts',
  'server/storage/upload-form.ts Busboy': 'MAX_FIELD_BYTES and FORM_LIMITS',
  'server/storage/upload-form.ts decodeURIComponent': 'MAX_HEADER_BYTES in serve.ts',
  'server/webhooks/address-guard.ts URL': 'MAX_URL_CHARS in wire/webhook-schema.ts',
  'server/webhooks/address-guard.ts URL.canParse': 'MAX_URL_CHARS in wire/webhook-schema.ts',
  'server/webhooks/retry-schedule.ts Date.parse': 'the headers of a reply, which Node bounds',
  'server/webhooks/send.ts decodeURIComponent': 'MAX_URL_CHARS in wire/webhook-schema.ts',
  'src/core/survey/fold.ts text.normalize': 'MAX_MATCHED_CHARS',
  'src/core/survey/links.ts URL': 'MAX_LINK_CHARS',
  'src/core/survey/logic.ts one.normalize': 'MAX_MATCHED_CHARS',
  'src/core/survey/video.ts URL': 'MAX_LINK_CHARS',
  'src/wire/action-class-schema.ts URL': 'MAX_URL_CHARS',
  'src/wire/action-class-schema.ts URL.canParse': 'MAX_URL_CHARS',
  'src/wire/managed-response-schema.ts Date.parse': 'constants',
  'src/wire/segment.ts Date.parse': 'a format of 35 characters',
  'src/wire/webhook-schema.ts URL.canParse': 'MAX_URL_CHARS',
  'server/domain/attribute-types.ts Date.parse': 'a format of 24 characters',
  'server/domain/csv-formulas.ts RegExp': 'constants',
  'server/domain/stored-paths.ts JSON.parse': 'a document that was checked',
  'server/files/own-address.ts URL': 'MAX_FILE_PATH_CHARS',
  'server/files/own-address.ts URL.canParse': 'MAX_FILE_PATH_CHARS',
  'server/storage/upload-form.ts JSON.parse': 'MAX_CLAIM_BYTES',
  'src/core/pattern.ts RegExp': 'MAX_PATTERN_CHARS',
  'src/core/survey/recall.ts URL': 'the host is the owner’s, values come behind it',
  ...Object.fromEntries(
    ['action-classes', 'environments', 'responses', 'segments', 'surveys', 'webhooks'].map((table) => [
      `server/repo/${table}.ts JSON.parse`,
      'what was stored',
    ]),
  ),
};

/** Bounds that only one file knows. */
const LOCAL: ReadonlySet<string> = new Set(['MAX_FIELD_BYTES']);

/** Files that the owner of the machine writes, or that read no input. */
const UNEXPOSED = /^server\/(main|commands|env|files\/s3-address)\.ts$/;

it('every parser that meets input has a bound before it', () => {
  const calls = findNodes(['server', 'src/core', 'src/wire'], ({ type }) =>
    /^(Call|New)Expression$/.test(type),
  );
  const found = calls.flatMap(({ file, node, text }) => {
    const name = text
      .slice(0, (node.callee?.end ?? 0) - node.start)
      .replace(/^new /, '')
      .replace(/\s+/g, '');
    return PARSERS.test(name) && !UNEXPOSED.test(file) ? [`${file} ${name}`] : [];
  });
  expect([...new Set(found)].sort()).toEqual(Object.keys(BOUNDED_BY).sort());
});

it.each(Object.entries(BOUNDED_BY).filter(([, bound]) => bound.startsWith('MAX_')))(
  '%s: %s is named where the input comes in',
  (place, bound) => {
    const [name = '', , elsewhere] = bound.split(' ');
    const [file = ''] = place.split(' ');
    const layer = file.split('/')[0];
    const where = elsewhere?.includes('.ts')
      ? elsewhere.startsWith('wire/')
        ? `src/${elsewhere}`
        : `${layer}/${elsewhere}`
      : file;
    expect(readFileSync(where, 'utf8')).toContain(name);
    if (!LOCAL.has(name)) expect(limits).toHaveProperty(name);
  },
);
