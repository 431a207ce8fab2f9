import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { BrowserContext, ConsoleMessage, Page } from '@playwright/test';
import type { HiddenFields } from '../../src/api/types.ts';
import { expect, type HostSite, type TestServer, tagFor, test, whenLoaded, withClient } from './support.ts';

const corpus: readonly string[] = JSON.parse(
  readFileSync(new URL('../fixtures/xss.json', import.meta.url), 'utf8'),
);

/** Indexes of corpus that run in any place where they are written as HTML. */
const FIRING = [
  204, 225, 226, 236, 237, 239, 240, 241, 253, 254, 297, 365, 398, 406, 414, 1052, 1053, 1054, 1056, 1124,
];

/** Records what a payload does. */
const PROBES = `<script nonce="n">
window.fired = []; window.violated = [];
for (const name of ['alert', 'confirm', 'prompt', 'print'])
  window[name] = (...args) => { window.fired.push(name + ' ' + args[0]); };
addEventListener('securitypolicyviolation', (e) => { if (!/favicon/.test(e.blockedURI)) window.violated.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample); });
</script>`;

/** Tags that cards consist of, and tags that a text may hold. */
const OURS =
  'div form section h2 p input textarea label span button svg path circle i b a fieldset select option';
const ALLOWED = 'p br b strong i em u s a ul ol li span h1 h2 h3 h4 h5 h6 code';

async function openStrictPage(page: Page, server: TestServer, site: HostSite): Promise<void> {
  const policy = [
    "default-src 'none'",
    `script-src ${server.url} 'nonce-n'`,
    "style-src 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  const tag = tagFor(server).replace(/data-environment-id="\w+"/, '');
  site.put('/', { headers: { 'content-security-policy': policy }, head: PROBES + tag });
  await page.goto(site.url);
  await whenLoaded(page);
}

interface Findings {
  readonly drawn: number;
  /** Errors that name what a rule wants. */
  readonly errors: number;
  readonly wrong: readonly string[];
  readonly fired: readonly string[];
  readonly violated: readonly string[];
}

/**
 * Draws documents side by side, each in a container of its own, and looks at every node; then submits each card, looks
 * again (the same card with its errors, or the ending) and takes them away.
 */
function drawAll(
  page: Page,
  documents: readonly object[],
  hiddenFields: readonly HiddenFields[],
): Promise<Findings> {
  return withClient(
    page,
    async (inkling, [all, fields, allowed]) => {
      const { fired, violated } = window as never as Record<'fired' | 'violated', string[]>;
      const tags = new Set(allowed.split(' '));
      const wrong: string[] = [];
      let drawn = 0;
      let errors = 0;
      const look = (root: ShadowRoot): void => {
        for (const node of root.querySelectorAll('*')) {
          drawn++;
          if (!tags.has(node.localName)) wrong.push(`<${node.localName}>`);
          for (const { name, value } of node.attributes) {
            const isStyle = name === 'style' && !/^(--[\w-]+: ?[^;]*;? ?)+$/.test(value);
            if (/^on|^src|^srcdoc|^formaction|^xlink/.test(name) || isStyle) wrong.push(`${name}=${value}`);
            if (name === 'href' && !/^(https?|mailto|tel):/.test(value)) wrong.push(`href=${value}`);
          }
        }
      };
      // The first one alone: it fetches what the others need.
      for (let start = 0, end = 1; start < all.length; start = end, end += 20) {
        const open = await Promise.all(
          all.slice(start, end).map(async (document_, index) => {
            const container = document.body.appendChild(document.createElement('main'));
            // Hidden, since only the nodes are examined, not their layout.
            container.hidden = true;
            const options = { container, hiddenFields: fields[start + index] ?? {}, prefill: { q: 'wrong' } };
            const survey = await inkling.render(document_, options);
            const root = container.querySelector('inkling-survey')?.shadowRoot;
            if (!survey || !root) wrong.push('not drawn');
            return { container, survey, root };
          }),
        );
        for (const { root } of open) {
          if (root) look(root);
          root?.querySelector<HTMLElement>('[type=submit]')?.click();
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
        for (const { root, survey, container } of open) {
          if (root) look(root);
          if (root?.querySelector('[role=alert]')?.textContent?.startsWith('Please enter exactly ')) errors++;
          survey?.close();
          container.remove();
        }
      }
      return { drawn, errors, wrong: [...new Set(wrong)], fired, violated };
    },
    [documents, hiddenFields, `${OURS} ${ALLOWED}`] as const,
  );
}

const text = (value: string): object => ({ default: value || ' ' });

/** Parts of the corpus that are tried side by side, each by a test of its own. */
const PARTS = 4;
const PART = Math.ceil(corpus.length / PARTS);

for (let part = 0; part < PARTS; part++) {
  test(`no payload of part ${part + 1} of ${PARTS} of the corpus runs or becomes a node, in whichever field of a document it stands`, async ({
    page,
    server,
    site,
  }) => {
    await tryAll(page, server, site, corpus.slice(part * PART, (part + 1) * PART));
  });
}

async function tryAll(
  page: Page,
  server: TestServer,
  site: HostSite,
  payloads: readonly string[],
): Promise<void> {
  await openStrictPage(page, server, site);
  const documents: object[] = [];
  const fields: HiddenFields[] = [];
  // Many questions on one card: headline, subheader, choices, labels, placeholder.
  for (let start = 0; start < payloads.length; start += 25) {
    const elements = payloads.slice(start, start + 25).flatMap((payload, index) => {
      const rest = { headline: text(payload), subheader: text(payload), required: false };
      const choices = [{ id: 'a', label: text(payload) }];
      return [
        { ...rest, id: `c${index}`, type: 'multipleChoiceMulti', choices },
        {
          ...{ ...rest, id: `r${index}`, type: 'rating', scale: 'number', range: 3 },
          ...{ lowerLabel: text(payload), upperLabel: text(payload) },
        },
        { ...rest, id: `a${index}`, type: 'consent', label: text(payload) },
      ];
    });
    documents.push({ blocks: [{ id: 'b', elements }] });
    fields.push({});
  }
  // One card each: buttons, recalled hidden fields, placeholder, error, and the ending behind it.
  for (const [index, payload] of payloads.entries()) {
    const rules = [{ id: 'r', type: 'equals', params: { value: payload } }];
    const element = {
      ...{ id: 'q', type: 'openText', required: true, placeholder: text(payload) },
      // Every other one stays on its card, with an error that says what is wanted.
      ...(index % 2 === 0 && { validation: { rules } }),
      headline: text('Hi #recall:field/fallback:f#'),
      subheader: text(`<p>#recall:field/fallback:${payload.replaceAll('#', '')}#</p>`),
    };
    documents.push({
      blocks: [{ id: 'b', elements: [element], buttonLabel: text(payload), backButtonLabel: text(payload) }],
      endings: [
        {
          ...{ id: 'e', type: 'endScreen', headline: text(payload), subheader: text(payload) },
          ...{ buttonLabel: text(payload), buttonLink: index % 3 ? 'https://example.com/' : payload },
        },
      ],
      hiddenFields: { enabled: true, fieldIds: ['field'] },
    });
    fields.push({ field: payload });
  }
  const { drawn, errors, ...found } = await drawAll(page, documents, fields);
  expect(found).toEqual({ wrong: [], fired: [], violated: [] });
  expect(drawn).toBeGreaterThan(payloads.length * 30);
  expect(errors).toBe(Math.ceil(payloads.length / 2));
}

/**
 * Counts how often something runs when payloads are written into a page as HTML, for each batch in a page of its own, a
 * dozen pages at a time. The pages hold nothing else; a page that a payload has navigated away or hung is given up.
 *
 * @param patienceMs how long a page in which nothing has run is waited for
 */
async function countFirings(
  context: BrowserContext,
  site: HostSite,
  batches: readonly (readonly string[])[],
  patienceMs: number,
): Promise<readonly number[]> {
  const fired = batches.map(() => 0);
  const queue = [...batches.keys()];
  site.put('/', { body: '' });
  await context.route(
    ({ hostname }) => hostname !== 'localhost',
    (route) => route.abort(),
  );
  await context.addInitScript(() => {
    const note = (): void => console.log('fired');
    for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'] as const) window[name] = note as never;
    Document.prototype.write = note;
  });
  const open = async (): Promise<Page> => {
    const page = await context.newPage();
    page.setDefaultTimeout(5_000);
    return page;
  };
  const write = async (page: Page, at: number): Promise<boolean> => {
    const note = (message: ConsoleMessage): void => {
      if (message.text() === 'fired') fired[at] = (fired[at] ?? 0) + 1;
    };
    page.on('console', note);
    try {
      await page.goto(site.url);
      await page.evaluate((all) => {
        for (const html of all) document.body.appendChild(document.createElement('div')).innerHTML = html;
      }, batches[at] ?? []);
      // All others run within half a second of the first; a page that hangs reports nothing more.
      await wait(500);
      for (let ms = 500; ms < patienceMs && !fired[at]; ms += 100) await wait(100);
      await page.evaluate('0');
      return true;
    } catch {
      return false;
    } finally {
      page.off('console', note);
    }
  };
  const work = async (): Promise<void> => {
    let page = await open();
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      const late = wait(5_000 + patienceMs).then(() => false);
      if (await Promise.race([write(page, at), late])) continue;
      void page.close().catch(() => {});
      page = await open();
    }
  };
  await Promise.all(Array.from({ length: 12 }, work));
  return fired;
}

test('control: payloads of the corpus run when they are written as HTML', async ({ context, site }) => {
  const sample = FIRING.map((index) => corpus[index] ?? '');
  const batches = sample.map((one) => [one]);
  const fired = await countFirings(context, site, batches, 10_000);
  expect(sample.filter((_, at) => !fired[at])).toEqual([]);
});

if (process.env.INKLING_PROVE === 'full') {
  test('control: the whole corpus runs at least 137 times when it is written as HTML', async ({
    context,
    site,
  }) => {
    test.setTimeout(900_000);
    const tags = corpus.filter((one) => /<[a-z]/i.test(one));
    const [likely, others] = [true, false].map((is) =>
      tags.filter((one) => /\bon\w+\s*=|<iframe/i.test(one) === is),
    );
    const pairs = (others ?? []).flatMap((_, at, all) => (at % 2 ? [] : [all.slice(at, at + 2)]));
    const batches = [...(likely ?? []).map((one) => [one]), ...pairs];
    const fired = await countFirings(context, site, batches, 500);
    expect(fired.reduce((all, one) => all + one, 0)).toBeGreaterThanOrEqual(137);
  });
}

/** A text and the outline of the drawn headline: tags with their link in brackets, then their content. */
const BENIGN: readonly (readonly [html: string, outline: string])[] = [
  ['How was it?', 'How was it?'],
  ['a < b and b > c', 'a < b and b > c'],
  ['Fish &amp; chips', 'Fish &amp; chips'],
  ['Tom & Jerry <3', 'Tom & Jerry <3'],
  ['1 < 2 > 0', '1 < 2 > 0'],
  ['<p>One</p>', 'p(One)'],
  ['<p>One</p><p>Two</p>', 'p(One)p(Two)'],
  ['<p class="fb-editor-paragraph" dir="ltr">One</p>', 'p(One)'],
  ['<b>One</b> two', 'b(One) two'],
  ['<strong class="fb-editor-text-bold">One</strong>', 'strong(One)'],
  ['<i>One</i>', 'i(One)'],
  ['<em>One</em>', 'em(One)'],
  ['<u>One</u>', 'u(One)'],
  ['<s>One</s>', 's(One)'],
  ['<code>x = 1</code>', 'code(x = 1)'],
  ['<span>One</span>', 'span(One)'],
  ['One<br>two', 'Onebr()two'],
  ['One<br/>two', 'Onebr()two'],
  ['<h1>One</h1>', 'h1(One)'],
  ['<h2 class="fb-editor-heading-h2">One</h2>', 'h2(One)'],
  ['<h3>a</h3><h4>b</h4><h5>c</h5><h6>d</h6>', 'h3(a)h4(b)h5(c)h6(d)'],
  ['<ul><li>a</li><li>b</li></ul>', 'ul(li(a)li(b))'],
  ['<ol><li>a</li></ol>', 'ol(li(a))'],
  ['<ul><li>a<ul><li>b</li></ul></li></ul>', 'ul(li(aul(li(b))))'],
  ['<a href="https://example.com/a?b=1&amp;c=2">x</a>', 'a[https://example.com/a?b=1&c=2](x)'],
  ['<a href="http://example.com/">x</a>', 'a[http://example.com/](x)'],
  ['<a href="mailto:a@example.com">x</a>', 'a[mailto:a@example.com](x)'],
  ['<a href="tel:+123">x</a>', 'a[tel:+123](x)'],
  ["<a href='https://example.com/'>x</a>", 'a[https://example.com/](x)'],
  ['<a target="_self" rel="x" href="https://example.com/">x</a>', 'a[https://example.com/](x)'],
  [
    '<p>See <a href="https://example.com/">this <b>page</b></a>.</p>',
    'p(See a[https://example.com/](this b(page)).)',
  ],
  ['<p>Fish &amp; chips &lt;3</p>', 'p(Fish & chips <3)'],
  ['<p>&quot;quoted&quot; &#39;it&#x27;s&apos;</p>', "p(\"quoted\" 'it's')"],
  ['<p>a&nbsp;b</p>', 'p(a\u00a0b)'],
  ['<p>&#128512;</p>', 'p(\u{1f600})'],
  ['<P>One <B>two</B></P>', 'p(One b(two))'],
  ['<div><p>One</p></div>', 'p(One)'],
  ['<p>שלום <b>עולם</b></p>', 'p(שלום b(עולם))'],
  ['<p><b><i><u>x</u></i></b></p>', 'p(b(i(u(x))))'],
  ['<p>a<!-- note -->b</p>', 'p(ab)'],
];

test('harmless texts keep exactly their tags, links and words', async ({ page, server, site }) => {
  await openStrictPage(page, server, site);
  const elements = BENIGN.map(([html], index) => ({
    ...{ id: `q${index}`, type: 'openText', required: false, headline: text(html) },
  }));
  const outlines = await withClient(
    page,
    async (inkling, document_) => {
      await inkling.render(document_, { container: document.body });
      const outline = (node: Node): string => {
        if (!(node instanceof HTMLElement)) return node.textContent ?? '';
        const link = node instanceof HTMLAnchorElement ? `[${node.href}]` : '';
        return `${node.localName}${link}(${[...node.childNodes].map(outline).join('')})`;
      };
      const root = document.querySelector('inkling-survey')?.shadowRoot;
      const links = [...(root?.querySelectorAll('h2 a') ?? [])].map(
        (a) => `${a.getAttribute('target')} ${a.getAttribute('rel')}`,
      );
      const headlines = [...(root?.querySelectorAll('section > h2') ?? [])];
      return { links, texts: headlines.map((one) => [...one.childNodes].map(outline).join('')) };
    },
    { blocks: [{ id: 'b', elements }] },
  );
  expect(outlines.texts).toEqual(BENIGN.map(([, outline]) => outline));
  expect(new Set(outlines.links)).toEqual(new Set(['_blank noopener']));
});
