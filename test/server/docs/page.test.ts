import { beforeAll, describe, expect, it } from 'vitest';
import type { OpenApiDocument } from '../../../server/docs/document.ts';
import { fieldsOf, typeOf } from '../../../server/docs/fields.ts';
import { html, join } from '../../../server/docs/html.ts';
import { renderPage } from '../../../server/docs/page.ts';
import { describeServer } from '../support.ts';

/** Links of the page to other addresses. */
const LINKED = ['../openapi.json', 'api.css', 'data:,'];
const HOSTILE = `"><script>alert('1')</script>&`;

describeServer('the page /docs/api', (server) => {
  let page: string;
  let document: OpenApiDocument;

  beforeAll(async () => {
    page = (await server.send('GET', '/docs/api')).text;
    document = (await server.send('GET', '/openapi.json')).body;
  });

  it('is served under a policy that allows its own style sheet and nothing else', async () => {
    const { status, headers } = await server.send('GET', '/docs/api');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(page).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=|@import|url\(/i);
    // An example may contain a URL, but everything that is loaded or linked is on the same origin.
    const tags = [...page.matchAll(/<[a-z][^>]*>/gi)].map(([tag]) => tag);
    const loading =
      /\s(src|srcset|href|action|formaction|data|poster|background|ping|manifest|http-equiv)\s*=\s*"?([^"\s>]*)/gi;
    const named = tags.flatMap((tag) => [...tag.matchAll(loading)].map(([, , value]) => value ?? ''));
    expect([...new Set(named.filter((value) => !value.startsWith('#')))].sort()).toEqual(LINKED);
    const style = await server.send('GET', '/docs/api.css');
    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(style.text).not.toMatch(/@import|url\(/);
  });

  it('has every endpoint, and no dangling links', () => {
    for (const path of Object.keys(document.paths)) {
      expect(page.replaceAll('<wbr>', '')).toContain(`<code>${path}</code>`);
    }
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(60);
    for (const link of links) expect(ids).toContain(link);
  });

  it('escapes all texts of the document', () => {
    const hostile = JSON.parse(
      JSON.stringify(document, (key, value: unknown) =>
        typeof value === 'string' && !['$ref', 'type', 'in'].includes(key) ? `${value}${HOSTILE}` : value,
      ),
    ) as OpenApiDocument;
    const drawn = renderPage(hostile);
    expect(drawn).toContain('&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;');
    expect(drawn).not.toContain('<script');
    expect(drawn).not.toContain(HOSTILE);
  });

  it('shows a command for every endpoint', () => {
    expect(page).toContain('curl -X POST &quot;$INKLING/api/v1/client/cmenvironment00000000000/user&quot;');
    expect(page.match(/aria-label="curl command"/g)?.length).toBe(page.match(/<h4>Try it<\/h4>/g)?.length);
  });
});

describe('html', () => {
  it('escapes values and keeps HTML', () => {
    expect(html`<p title="${HOSTILE}">${html`<b>${'<'}</b>`}${3}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;"><b>&lt;</b>3</p>',
    );
    expect(join(['<', html`<br>`], '|').text).toBe('&lt;|<br>');
  });
});

describe('the description of a type', () => {
  it.each([
    [{ type: 'string', minLength: 1, maxLength: 255 }, 'text, 1 to 255 characters'],
    [{ type: 'integer', minimum: 0, maximum: 365 }, 'whole number, 0 to 365'],
    [{ type: 'integer', maximum: Number.MAX_SAFE_INTEGER }, 'whole number'],
    [{ type: ['string', 'null'], maxLength: 9 }, 'text, at most 9 characters or null'],
    [
      { anyOf: [{ type: 'number' }, { type: 'null' }], default: null },
      'number or null, else <code>null</code>',
    ],
    [{ enum: ['a', '<'] }, 'one of <code>a</code>, <code>&lt;</code>'],
    [{ const: 3 }, '<code>3</code>'],
    [{ type: 'array', items: { type: 'boolean' }, minItems: 2 }, 'list of true or false, at least 2 items'],
    [{ type: 'object', additionalProperties: { type: 'number' } }, 'object, each value number'],
    [{ $ref: '#/components/schemas/Text' }, '<a href="#schema-Text">Text</a>'],
    [{}, 'anything'],
  ])('%j', (schema, words) => {
    expect(typeOf(schema as never).text).toBe(words);
  });

  it('lists the fields of objects, of lists and of each variant', () => {
    const names = (schema: object): unknown =>
      fieldsOf(schema as never).map(({ name, inner }) => [name, inner?.length]);
    const object = { properties: { a: {}, b: { properties: { c: {} } } } };
    expect(names(object)).toEqual([
      ['a', 0],
      ['b', 1],
    ]);
    expect(names({ type: 'array', items: object })).toEqual([
      ['a', 0],
      ['b', 1],
    ]);
    const variant = (kind: string): object => ({ properties: { type: { const: kind }, x: {} } });
    expect(names({ anyOf: [variant('one'), variant('two')] })).toEqual([
      ['type: one', 2],
      ['type: two', 2],
    ]);
  });
});
