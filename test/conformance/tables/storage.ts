import type { Case, Expected, FilePart, Step, Table } from '../case.ts';
import { anyObject, anyText, anything, having, like } from '../match.ts';
import { badRequest, CLIENT_HEADERS, failure, notFound, ok } from './common.ts';

const ASK = { fileName: 'a.pdf', fileType: 'application/pdf', surveyId: '{fileSurvey}', elementId: 'f1' };

const SIGNED = {
  signedUrl: like(/^https?:\/\//),
  presignedFields: anyObject,
  signingData: null,
  updatedFileName: anyText,
};
const PLACE = '\\/private\\/surveys\\/[0-9a-z]+\\/elements\\/f1\\/';

function signed(extension: string): Expected {
  const fileUrl = like(new RegExp(`\\/storage\\/[0-9a-z]+${PLACE}[^/]+--fid--[^/]+\\.${extension}$`));
  return ok({ ...SIGNED, fileUrl });
}

/** Every extension that may be uploaded, with its media type. */
const TYPES: readonly (readonly [extension: string, type: string])[] = [
  ['heic', 'image/heic'],
  ['png', 'image/png'],
  ['jpeg', 'image/jpeg'],
  ['jpg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['ico', 'image/x-icon'],
  ['pdf', 'application/pdf'],
  ['eml', 'message/rfc822'],
  ['doc', 'application/msword'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['xls', 'application/vnd.ms-excel'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['ppt', 'application/vnd.ms-powerpoint'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['txt', 'text/plain'],
  ['csv', 'text/csv'],
  ['mp4', 'video/mp4'],
  ['mov', 'video/quicktime'],
  ['avi', 'video/x-msvideo'],
  ['mkv', 'video/x-matroska'],
  ['webm', 'video/webm'],
  ['mp3', 'audio/mpeg'],
  ['zip', 'application/zip'],
  ['rar', 'application/vnd.rar'],
  ['7z', 'application/x-7z-compressed'],
  ['tar', 'application/x-tar'],
];

const at = (environment: string) => ({ path: `/api/{v}/client/${environment}/storage` });

function refused(name: string, change: Readonly<Record<string, unknown>>, expect: Expected): Case {
  return { name, spec: '3.6', send: { json: { ...ASK, ...change } }, expect };
}

/** 400 with a field in its details; the wording is unspecified. */
const naming = (...paths: readonly string[]): Expected =>
  badRequest(anyText, Object.fromEntries(paths.map((path) => [path, anyText])));

const requests: readonly Case[] = [
  {
    name: 'unknown id',
    spec: '3.6',
    send: { ...at('{unknown}'), json: ASK },
    expect: notFound('Workspace', '{unknown}'),
  },
  {
    name: 'malformed id',
    spec: '2.1',
    send: { ...at('ABC!'), json: ASK },
    expect: notFound('Workspace', 'ABC!'),
  },
  refused('no fileName', { fileName: undefined }, naming('fileName')),
  refused('a blank fileName', { fileName: '  ' }, naming('fileName')),
  refused('no fileType', { fileType: undefined }, naming('fileType')),
  refused('a survey id in capitals', { surveyId: 'ABC' }, naming('surveyId')),
  refused('an element id with a slash', { elementId: 'a/b' }, naming('elementId')),
  refused(
    'an allowed extension that may never be uploaded',
    { allowedFileExtensions: ['exe'] },
    badRequest(anyText, anyObject),
  ),
  ...['svg', 'html', 'js', 'exe'].map((extension) =>
    refused(
      `a.${extension}`,
      { fileName: `a.${extension}`, fileType: 'application/octet-stream' },
      badRequest(anyText, having({ fileName: anyText })),
    ),
  ),
  refused('no extension', { fileName: 'a' }, badRequest(anyText, having({ fileName: anyText }))),
  refused('a type that is not the extension’s', { fileType: 'image/png' }, badRequest(anyText, anyObject)),
  refused('unknown survey', { surveyId: '{unknown}' }, notFound('Survey', '{unknown}')),
  refused(
    "another environment's survey",
    { surveyId: '{otherFileSurvey}' },
    notFound('Survey', '{otherFileSurvey}'),
  ),
  refused(
    'a survey that takes no files',
    { surveyId: '{survey}', elementId: 'q1' },
    badRequest(anyText, anyObject),
  ),
  refused('an element that takes no files', { elementId: 'q1' }, badRequest(anyText, anyObject)),
  refused(
    'an extension that the element does not take',
    { surveyId: '{pdfSurvey}', fileName: 'a.png', fileType: 'image/png' },
    badRequest(anyText, anyObject),
  ),
  refused(
    'a name of which nothing is left',
    { fileName: '<<>>.pdf' },
    badRequest('Invalid input', having({ fileName: anyText })),
  ),
  refused(
    'a type in capitals, with parameters',
    { fileType: 'Application/PDF; charset=binary' },
    signed('pdf'),
  ),
  refused('a name with slashes', { fileName: '../../etc/passwd.pdf' }, signed('pdf')),
  {
    name: 'no elementId, as clients of early 2025 send',
    spec: '3.6, 7',
    send: { json: { ...ASK, elementId: undefined } },
    expect: ok({
      ...SIGNED,
      // The fields that those clients send with the upload itself, in one of several encodings.
      signingData: { signature: anyText, timestamp: anything, uuid: anyText },
      fileUrl: like(/\/storage\/[0-9a-z]+\/private\/.+\.pdf$/),
    }),
  },
  ...TYPES.map(
    ([extension, fileType]): Case => ({
      name: `a.${extension} as ${fileType}`,
      spec: '3.6',
      versions: ['v1'],
      send: { json: { ...ASK, fileName: `a.${extension}`, fileType } },
      expect: signed(extension),
    }),
  ),
];

const PDF: FilePart = {
  name: 'a.pdf',
  type: 'application/pdf',
  base64: Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n').toString('base64'),
};

const ASKED: Step = {
  send: { method: 'POST', path: '/api/v1/client/{env}/storage', json: ASK },
  save: { signedUrl: 'data.signedUrl', fields: 'data.presignedFields', fileUrl: 'data.fileUrl' },
};

const FILE_POSTED: Step = {
  send: { method: 'POST', path: '{signedUrl}', form: { fields: 'fields', file: PDF } },
  expect: { status: 201, body: anything },
};

/** The upload itself, and reading the file. */
const uploads: readonly Case[] = [
  {
    name: 'a form with the fields of the reply, then the file',
    spec: '3.6, management-api.md 12.2',
    before: [ASKED],
    send: { form: { fields: 'fields', file: PDF } },
    expect: { status: 201, body: anything },
    afterwards: [
      {
        send: { path: '{fileUrl}', key: 'key' },
        expect: {
          status: 200,
          body: like(/^%PDF/),
          headers: {
            'content-type': like(/^application\/pdf/),
            'cache-control': like(/no-store/),
            'x-content-type-options': 'nosniff',
            'content-security-policy': like(/sandbox/),
          },
        },
      },
    ],
  },
  {
    name: 'its URL as the answer to the question',
    spec: '3.4 row 12',
    before: [ASKED, FILE_POSTED],
    send: {
      path: '/api/v1/client/{env}/responses',
      json: { surveyId: '{fileSurvey}', finished: true, data: { f1: ['{fileUrl}'] } },
    },
    expect: ok({ id: anyText, quotaFull: false }),
  },
  {
    name: 'bytes that are not of the type',
    spec: '3.6',
    before: [ASKED],
    send: { form: { fields: 'fields', file: { ...PDF, base64: 'PGh0bWw+PHNjcmlwdD4=' } } },
    expect: badRequest(anyText, anyObject),
  },
];

const reading: readonly Case[] = [
  {
    name: 'a visitor’s file without a key',
    spec: 'management-api.md 12.3',
    before: [ASKED, FILE_POSTED],
    expect: failure(401, 'not_authenticated', { details: anyObject }),
  },
  {
    name: 'a visitor’s file with the key of another environment: like an unknown one',
    spec: 'management-api.md 12.3, differences.md 1.14',
    before: [ASKED, FILE_POSTED],
    send: { key: 'otherKey' },
    expect: failure(404, 'not_found', { details: anyObject }),
  },
  {
    name: 'a file that was never sent',
    spec: 'management-api.md 12.3',
    before: [ASKED],
    send: { key: 'key' },
    expect: failure(404, 'not_found', {
      message: 'file not found',
      details: having({ resource_type: 'file' }),
    }),
  },
];

/** Uploads by visitors (client-api.md 3.6). */
export const storageTables: readonly Table[] = [
  { endpoint: 'POST /api/{v}/client/{env}/storage', headers: CLIENT_HEADERS, cases: requests },
  {
    endpoint: 'POST {signedUrl}',
    headers: { 'access-control-allow-origin': '*' },
    cases: uploads,
  },
  { endpoint: 'GET {fileUrl}', headers: {}, cases: reading },
];
