import type { Page } from '@playwright/test';
import { expect, tagFor, test, whenLoaded, withClient } from './support.ts';

/** Documents that our server would refuse: a page, another server or an older version may still pass them. */
const text = (id: string, more: object = {}) => ({
  id,
  type: 'openText',
  longAnswer: false,
  headline: { default: `Question ${id}` },
  required: false,
  ...more,
});
const always = { id: 'g', connector: 'and', conditions: [] };
const ending = { id: 'end1', type: 'endScreen', headline: { default: 'Thank you!' } };
const survey = (more: object) => ({ id: 's', type: 'app', status: 'inProgress', endings: [ending], ...more });
const block = (id: string, elements: object[], more: object = {}) => ({ id, elements, ...more });

let errors: string[];

function render(page: Page, document: object): Promise<string> {
  return withClient(
    page,
    async (inkling, given) => typeof (await inkling.render(JSON.parse(given), { container: '#here' })),
    // As a text: Playwright takes very long to pass a hundred thousand objects.
    JSON.stringify(document),
  );
}

test.beforeEach(async ({ page, server, site }) => {
  errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const tag = tagFor(server).replace(/data-environment-id="\w+"/, '');
  site.put('*', { head: tag, body: '<main id="here" style="width:500px"></main>' });
  await page.goto(site.url);
  await whenLoaded(page);
});
test.afterEach(() => expect(errors).toEqual([]));

const card = (page: Page) => page.locator('#here inkling-survey').getByRole('dialog');
const next = (page: Page, name = 'Finish') => card(page).getByRole('button', { name }).click();

test('a pattern that backtracks for hours is checked at once', async ({ page }) => {
  const rules = [{ id: 'r', type: 'pattern', params: { pattern: '^(a+)+$' } }];
  await render(page, survey({ blocks: [block('b1', [text('q1', { validation: { rules } })])] }));
  await card(page)
    .getByRole('textbox')
    .fill(`${'a'.repeat(40)}!`);
  await next(page);
  await expect(card(page).getByRole('alert')).toBeVisible();
  await card(page).getByRole('textbox').fill('a'.repeat(40));
  await next(page);
  await expect(card(page).getByText('Thank you!')).toBeVisible();
});

for (const count of [24, 60]) {
  test(`a variable that is appended to itself ${count} times holds nothing up`, async ({ page }) => {
    const grow = {
      id: 'a',
      objective: 'calculate',
      variableId: 'v',
      operator: 'concat',
      value: { type: 'variable', value: 'v' },
    };
    const logic = Array.from({ length: count }, (_, n) => ({
      id: `r${n}`,
      conditions: always,
      actions: [grow],
    }));
    const variables = [{ id: 'v', name: 'v', type: 'text', value: 'ab' }];
    await render(page, survey({ variables, blocks: [block('b1', [text('q1')], { logic })] }));
    await next(page);
    await expect(card(page).getByText('Thank you!')).toBeVisible();
  });
}

test('a card that leads to itself is asked again after an answer, and not without one', async ({ page }) => {
  await render(page, survey({ blocks: [block('b1', [text('q1')], { logicFallback: 'b1' })] }));
  await card(page).getByRole('textbox').fill('first');
  await next(page);
  await expect(card(page).getByRole('button', { name: 'Back' })).toBeVisible();
  await next(page);
  await expect(card(page).getByText('Thank you!')).toBeVisible();
});

test('a recalled value never changes where a link leads', async ({ page, site }) => {
  const origin = new URL(site.url).origin;
  const token = '#recall:q1/fallback:.evil.example#';
  const blocks = [
    block('b1', [text('q1')]),
    block('b2', [text('q2', { headline: { default: `<a href="https://a.example${token}">Read</a>` } })]),
  ];
  const button = { ...ending, buttonLabel: { default: 'Go' }, buttonLink: `https://a.example${token}` };
  for (const [answer, path] of [
    ['', '/.evil.example'],
    ['@evil.example/', '/%40evil.example%2F'],
  ] as const) {
    await page.goto(site.url);
    await whenLoaded(page);
    await render(page, survey({ blocks, endings: [button] }));
    await card(page).getByRole('textbox').fill(answer);
    await next(page, 'Next');
    await expect(card(page).getByRole('link', { name: 'Read' })).toHaveAttribute(
      'href',
      `https://a.example${path}`,
    );
    await next(page);
    await expect(card(page).getByRole('link', { name: 'Go' })).toHaveAttribute(
      'href',
      `https://a.example${path}`,
    );
  }
  const redirect = { id: 'end1', type: 'redirectToUrl', url: `${origin}${token}`, label: 'Away' };
  await page.goto(site.url);
  await whenLoaded(page);
  await render(page, survey({ blocks: [block('b1', [text('q1')])], endings: [redirect] }));
  await next(page);
  await page.waitForURL(`${origin}/.evil.example`);
});

const many = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `c${n}`, label: { default: `${n}` } }));
const ELEMENTS: readonly (readonly [name: string, element: object])[] = [
  ['a scale without end', text('q1', { type: 'rating', scale: 'number', range: 1e9 })],
  ['a matrix of a million cells', text('q1', { type: 'matrix', rows: many(1_000), columns: many(1_000) })],
  ['a list of 100,000 choices', text('q1', { type: 'multipleChoiceMulti', choices: many(100_000) })],
];
for (const [name, element] of ELEMENTS) {
  test(`${name} is not drawn`, async ({ page }) => {
    expect(await render(page, survey({ blocks: [block('b1', [element])] }))).toBe('undefined');
    await expect(page.locator('inkling-survey')).toHaveCount(0);
  });
}
