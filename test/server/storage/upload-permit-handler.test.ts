import { beforeAll, describe, expect, it } from 'vitest';
import { FILE_EXTENSIONS, FILE_TYPES } from '../../../src/wire/file-types.ts';
import { addSurvey, addTenant, describeServer, type Reply, type Tenant } from '../support.ts';
import { addUploadSurvey } from './storage.ts';

describeServer('POST storage', (server) => {
  let own: Tenant;
  let surveyId: string;
  let withoutUpload: string;
  let foreignSurveyId: string;

  beforeAll(async () => {
    own = await addTenant(server);
    const foreign = await addTenant(server);
    const text = { type: 'openText', id: 'text', allowMultipleFiles: undefined };
    surveyId = await addUploadSurvey(server, own, [{ allowedFileExtensions: ['png', 'pdf'] }, text]);
    withoutUpload = await addSurvey(server, own);
    foreignSurveyId = await addUploadSurvey(server, foreign);
  });

  const post = (body: unknown, version = 'v1', environmentId = own.id): Promise<Reply> =>
    server.send('POST', `/api/${version}/client/${environmentId}/storage`, body);
  const request = (change: object = {}): object => ({
    fileName: 'a.png',
    fileType: 'image/png',
    surveyId,
    elementId: 'file',
    ...change,
  });

  it.each(['v1', 'v2'])('%s returns the URL and the fields of the upload', async (version) => {
    const reply = await post(request({ fileName: ' My "photo"/1.PNG ' }), version);
    expect(reply.status).toBe(200);
    const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
    const { data } = reply.body;
    expect(Object.keys(data).sort()).toEqual([
      'fileUrl',
      'presignedFields',
      'signedUrl',
      'signingData',
      'updatedFileName',
    ]);
    expect(data.updatedFileName).toMatch(new RegExp(`^My photo-1--fid--${uuid}\\.png$`));
    const scope = `/storage/${own.id}/private/surveys/${surveyId}/elements/file/`;
    expect(data.fileUrl).toBe(scope + encodeURIComponent(data.updatedFileName));
    expect(data.signedUrl).toBe(`http://localhost/api/v1/client/${own.id}/storage/local`);
    expect(data.presignedFields).toMatchObject({
      key: data.fileUrl.slice(1),
      'Content-Type': 'image/png',
      success_action_status: '201',
    });
    expect(data.signingData).toBeNull();
    expect(reply.headers.get('access-control-allow-origin')).toBe('*');
    expect(reply.headers.get('cache-control')).toBe('private, no-store');
  });

  it('returns signing data to a client of before 2026, which names no element', async () => {
    const { data } = (await post(request({ elementId: undefined }))).body;
    expect(data.signingData).toEqual({
      signature: expect.any(String),
      timestamp: server.clock.now,
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(data.fileUrl).toContain('/elements/file/');
  });

  it('leaves the element open where none is named and several accept the file', async () => {
    const several = await addUploadSurvey(server, own, [{}, {}, { allowedFileExtensions: ['pdf'] }]);
    const body = request({ surveyId: several, elementId: undefined });
    expect((await post(body)).body.data.fileUrl).toContain('/elements/~/');
  });

  it('answers alike for a survey of another environment and an unknown one', async () => {
    const unknown = await post(request({ surveyId: 'c'.repeat(24) }));
    const foreign = await post(request({ surveyId: foreignSurveyId }));
    expect(unknown.status).toBe(404);
    expect(unknown.body).toEqual({
      code: 'not_found',
      message: 'Survey not found',
      details: { resource_id: 'c'.repeat(24), resource_type: 'Survey' },
    });
    expect(foreign.text).toBe(unknown.text.replace('c'.repeat(24), foreignSurveyId));
  });

  it('permits files for a closed survey', async () => {
    const closed = await addUploadSurvey(server, own);
    const change = { status: 'completed' };
    const headers = { 'x-api-key': own.key };
    await server.send('PUT', `/api/v1/management/surveys/${closed}`, change, headers);
    expect((await post(request({ surveyId: closed }))).status).toBe(200);
  });

  it('checks the environment first, then the body, then the survey', async () => {
    expect((await post('{', 'v1', 'unknown')).body.details).toEqual({
      resource_id: 'unknown',
      resource_type: 'Workspace',
    });
    expect((await post('{')).body.message).toContain('Malformed JSON');
    expect((await post(request({ surveyId: 'unknown', fileType: '' }))).status).toBe(400);
    expect((await post(`{"a":"${'x'.repeat(2 * 1024 * 1024)}"}`)).status).toBe(413);
  });

  describe('refuses', () => {
    const rows: [name: string, change: object, details: object][] = [
      ['no name', { fileName: '  ' }, { fileName: expect.any(String) }],
      ['no type', { fileType: undefined }, { fileType: expect.any(String) }],
      ['a malformed survey id', { surveyId: 'A' }, { surveyId: 'Invalid cuid2' }],
      ['a malformed element id', { elementId: '../a' }, { elementId: expect.any(String) }],
      ['the element id that we keep for ourselves', { elementId: '~' }, { elementId: expect.any(String) }],
      ['no extension', { fileName: 'png' }, { fileName: 'File name must have an extension' }],
      [
        'an extension of other signs',
        { fileName: 'a.p/g' },
        { fileName: 'File name must have an extension' },
      ],
      [
        'SVG',
        { fileName: 'a.svg', fileType: 'image/svg+xml' },
        { fileName: 'File extension is not allowed for security reasons' },
      ],
      [
        'GIF',
        { fileName: 'a.gif', fileType: 'image/gif' },
        { fileName: expect.stringContaining('security') },
      ],
      [
        'a page after a picture',
        { fileName: 'a.png.html', fileType: 'text/html' },
        { fileName: expect.stringContaining('security') },
      ],
      ['an inherited name', { fileName: 'a.constructor' }, { fileName: expect.stringContaining('security') }],
      [
        'the type of another extension',
        { fileType: 'image/jpeg' },
        { fileType: "File type doesn't match the file extension" },
      ],
      [
        'an extension that the client does not want',
        { allowedFileExtensions: ['pdf', 'zip'] },
        { fileName: 'File extension is not allowed, allowed extensions are: pdf, zip' },
      ],
      [
        'an unknown extension in the list',
        { allowedFileExtensions: ['svg'] },
        { 'allowedFileExtensions.0': expect.any(String) },
      ],
      [
        'a survey without uploads',
        { surveyId: 'withoutUpload' },
        { surveyId: 'Survey does not allow file uploads' },
      ],
      [
        'an element of another type',
        { elementId: 'text' },
        { elementId: 'Element does not allow file uploads' },
      ],
      ['an unknown element', { elementId: 'nothing' }, { elementId: 'Element does not allow file uploads' }],
      [
        'an extension that the element does not take',
        { fileName: 'a.zip', fileType: 'application/zip' },
        { elementId: 'File extension is not allowed for this element' },
      ],
      ['a name of which nothing is left', { fileName: '<>:"|?*.png' }, { fileName: expect.any(String) }],
      ['a name of dots', { fileName: '....png' }, { fileName: expect.any(String) }],
    ];
    it.each(rows)('%s', async (_name, change, details) => {
      const given =
        'surveyId' in change && change.surveyId === 'withoutUpload' ? { surveyId: withoutUpload } : change;
      const reply = await post(request(given));
      expect(reply.status).toBe(400);
      expect(reply.body).toEqual({ code: 'bad_request', message: expect.any(String), details });
    });
  });

  it.each(FILE_EXTENSIONS)(
    '%s is let in with its own type only, however it is written',
    async (extension) => {
      const open = await addUploadSurvey(server, own);
      const type = FILE_TYPES[extension];
      const upper = {
        fileName: `a.${extension.toUpperCase()}`,
        fileType: `${type.toUpperCase()} ; charset=x`,
      };
      expect((await post(request({ surveyId: open, ...upper }))).status).toBe(200);
      const wrong = { fileName: `a.${extension}`, fileType: 'application/octet-stream' };
      expect((await post(request({ surveyId: open, ...wrong }))).body.details).toHaveProperty('fileType');
    },
  );
});
