import { describe, expect, it } from 'vitest';
import { cleanTexts } from '../../../server/domain/clean-texts.ts';
import { MAX_MARKUP_SIGNS } from '../../../src/core/limits.ts';
import { addTenant, describeServer } from '../support.ts';

const EVIL = '<b>Hi</b><script>alert(1)</script><img src=x onerror=alert(1)>';
const texts = (text = EVIL) => ({ default: text, de: text });
const element = (type: string, more: object) => ({
  id: type,
  type,
  headline: texts(),
  required: false,
  ...more,
});
const line = { show: true, required: false, placeholder: texts() };
const lines = (names: string) => Object.fromEntries(names.split(' ').map((name) => [name, line]));
const choices = ['a', 'b'].map((id) => ({ id, label: texts() }));

/** A document with every kind of text. */
const document = {
  welcomeCard: { enabled: true, headline: texts(), subheader: texts(), buttonLabel: texts() },
  blocks: [
    {
      id: 'b1',
      name: 'Block',
      elements: [
        element('openText', { subheader: texts(), placeholder: texts() }),
        element('multipleChoiceMulti', { choices, otherOptionPlaceholder: texts() }),
        element('nps', { lowerLabel: texts(), upperLabel: texts() }),
        element('cta', { ctaButtonLabel: texts() }),
        element('consent', { label: texts() }),
        element('matrix', { rows: choices, columns: choices }),
        element('ranking', { choices }),
        element('address', lines('addressLine1 addressLine2 city state zip country')),
        element('contactInfo', lines('firstName lastName email phone company')),
      ],
      buttonLabel: texts(),
      backButtonLabel: texts(),
    },
  ],
  endings: [{ id: 'e1', type: 'endScreen', headline: texts(), subheader: texts(), buttonLabel: texts() }],
};

describe('one text', () => {
  it.each<[string, object, object]>([
    ['a headline keeps what is allowed', { headline: texts() }, { headline: texts('<b>Hi</b>') }],
    ['a button has words', { buttonLabel: texts() }, { buttonLabel: texts('Hi') }],
    [
      'words that only look odd stay',
      { label: texts('a < b, <3, <Name>, &amp;') },
      { label: texts('a < b, <3, <Name>, &amp;') },
    ],
    ['what was hidden in entities goes, too', { label: texts('<p>&lt;b&gt;x</p>') }, { label: texts('x') }],
    [
      'a row is drawn like a headline',
      { rows: choices },
      { rows: choices.map(({ id }) => ({ id, label: texts('<b>Hi</b>') })) },
    ],
    ['a line, too', { city: line }, { city: { ...line, placeholder: texts('<b>Hi</b>') } }],
    [
      'what is no text is left alone',
      { name: EVIL, list: [EVIL, 1, null], languages: [{ default: true, code: '<b>' }] },
      { name: EVIL, list: [EVIL, 1, null], languages: [{ default: true, code: '<b>' }] },
    ],
  ])('%s', (_name, given, clean) => {
    expect(cleanTexts(given)).toEqual(clean);
    expect(cleanTexts(clean)).toEqual(clean);
  });
});

describeServer('a survey that is saved', (server) => {
  it('has allowed tags only, after creation and change, and as it is delivered', async () => {
    const { key } = await addTenant(server);
    const path = '/api/v1/management/surveys';
    const send = (method: string, id: string, body?: unknown) =>
      server.send(method, `${path}${id}`, body, { 'x-api-key': key });
    const made = await send('POST', '', { name: 'N', type: 'app', ...document });
    expect(made.status, made.text).toBe(200);
    const { id } = made.body.data;
    const { questions, ...data } = (await send('GET', `/${id}`)).body.data;
    // Derived from the blocks: the same texts once more.
    expect(questions.length).toBeGreaterThan(0);
    expect(JSON.stringify(questions)).not.toMatch(/\bscript\b|onerror|<img/);
    const first = JSON.stringify(data);
    expect(first).not.toMatch(/\bscript\b|onerror|<img/);
    expect(first.match(/<b>Hi<\/b>/g)).toHaveLength(2 * 31);
    expect(first.match(/"Hi"/g)).toHaveLength(2 * 12);

    const endings = [{ ...document.endings[0], headline: { default: '<i onclick="x()">Bye</i>' } }];
    const changed = await send('PUT', `/${id}`, { endings });
    expect(changed.body.data.endings[0].headline).toEqual({ default: '<i>Bye</i>' });
  });

  it.each(['<', '&'])(
    'is refused with more signs %s than can be cleaned in little time, naming the place',
    async (sign) => {
      const { key } = await addTenant(server);
      const make = (count: number) => {
        const ending = { ...document.endings[0], headline: { default: 'x', de: sign.repeat(count) } };
        const body = { name: 'N', type: 'app', ...document, endings: [ending] };
        return server.send('POST', '/api/v1/management/surveys', body, { 'x-api-key': key });
      };
      expect((await make(1_000)).status).toBe(200);
      const { status, body } = await make(MAX_MARKUP_SIGNS + 1);
      expect([status, Object.keys(body.details)]).toEqual([400, ['endings.0.headline.de']]);
    },
  );
});
