import type { Page } from '@playwright/test';
import { type ForeignServer, startForeignServer } from '../support/foreign-server.ts';
import { call, expect, tagFor, test, whenLoaded, whenReady, withClient } from './support.ts';

const ENDING = { id: 'end1', type: 'endScreen', headline: { default: 'Thank you!' } };
/** A document of 2023: plain texts, choices as texts, logic by labels, a thank-you card, and no ids where none are needed. */
const OF_2023 = {
  ...{ id: 'clsurvey0000000000000001', type: 'app', status: 'inProgress', displayOption: 'respondMultiple' },
  welcomeCard: {
    enabled: true,
    headline: 'Welcome',
    html: '<p>Two <b>minutes</b></p>',
    buttonLabel: 'Start',
  },
  questions: [
    {
      ...{ type: 'multipleChoiceSingle', headline: 'Which plan?', required: true, choices: ['Free', 'Pro'] },
      logic: [{ condition: 'equals', value: 'Pro', destination: 'why' }],
    },
    { type: 'openText', headline: 'What is missing?', required: false },
    {
      ...{ id: 'why', type: 'matrix', headline: 'How good are they?', required: true },
      ...{ rows: [{ default: 'Price' }, { default: 'Speed' }], columns: ['Good', 'Bad'] },
      logic: [{ condition: 'isCompletelySubmitted', destination: 'end' }],
    },
    { type: 'nps', headline: 'Never asked', required: true },
  ],
  thankYouCard: {
    enabled: true,
    headline: 'Thanks!',
    subheader: 'See you',
    buttonLabel: 'Home',
    buttonLink: '',
  },
};

let errors: string[];
let lines: string[];

test.beforeEach(({ page }) => {
  [errors, lines] = [[], []];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => lines.push(message.text()));
});
test.afterEach(() => expect(errors).toEqual([]));

const card = (page: Page) => page.locator('inkling-survey').getByRole('dialog');
const press = (page: Page, name: string) => card(page).getByRole('button', { name, exact: true }).click();
const heading = (page: Page, name: string) =>
  expect(card(page).getByRole('heading', { name, exact: true })).toBeVisible();

/** Answers the document of 2023, by its words. */
async function answer(page: Page): Promise<void> {
  await heading(page, 'Welcome');
  await expect(card(page).getByText('Two minutes')).toBeVisible();
  await press(page, 'Start');
  await heading(page, 'Which plan?');
  await card(page).getByRole('radio', { name: 'Pro' }).click();
  await press(page, 'Next');
  await heading(page, 'How good are they?');
  for (const [row, column] of [
    ['Price', 'Good'],
    ['Speed', 'Bad'],
  ] as const) {
    const group = card(page).getByRole('radiogroup', { name: row });
    await group.getByRole('radio', { name: column }).click();
  }
  await press(page, 'Next');
  await heading(page, 'Thanks!');
  await expect(card(page).getByText('See you')).toBeVisible();
}

test.describe('a document that the page renders', () => {
  test.beforeEach(async ({ page, server, site }) => {
    const tag = tagFor(server).replace(/data-environment-id="\w+"/, '');
    site.put('*', { head: tag, body: '<main id="here" style="width:500px"></main>' });
    await page.goto(site.url);
    await whenLoaded(page);
  });

  /** Renders a document, and keeps its last answer on `window`. */
  const render = (page: Page, document: object): Promise<string> =>
    withClient(
      page,
      async (inkling, given) => {
        const onAnswer = (answer: object): void => void Object.assign(window, { answered: answer });
        return typeof (await inkling.render(given, { container: '#here', onAnswer }));
      },
      document,
    );
  const data = async (page: Page): Promise<unknown[]> =>
    Object.values(
      await page.evaluate(() => (window as unknown as { answered: { data: object } }).answered.data),
    );

  test('of 2023 is answered from the welcome card to the thank-you card', async ({ page }) => {
    await render(page, OF_2023);
    await answer(page);
    expect(await data(page)).toEqual(['clicked', 'Pro', { Price: 'Good', Speed: 'Bad' }]);
  });

  for (const type of ['cta', 'consent']) {
    for (const inBlocks of [false, true]) {
      test(`shows the html of a ${type} in ${inBlocks ? 'blocks' : 'questions'}`, async ({ page }) => {
        const element = {
          ...{ id: 'q1', type, headline: { default: 'Terms' }, label: { default: 'Yes' }, required: false },
          html: { default: '<p>Please <b>read</b> this</p>' },
        };
        const parts = inBlocks ? { blocks: [{ id: 'b1', elements: [element] }] } : { questions: [element] };
        await render(page, { ...parts, endings: [ENDING] });
        await expect(card(page).locator('b', { hasText: 'read' })).toBeVisible();
        await press(page, 'Finish');
        await heading(page, 'Thank you!');
      });
    }
  }

  test('with a matrix of mere labels is answered, and rows of the same name stay apart', async ({ page }) => {
    const matrix = {
      ...{ id: 'q1', type: 'matrix', headline: { default: 'Grid' }, required: true },
      ...{ rows: [{ default: 'A' }, { default: 'B' }], columns: [{ default: 'X' }, { default: 'Y' }] },
    };
    await render(page, { questions: [matrix], endings: [ENDING] });
    await press(page, 'Finish');
    await expect(card(page).getByRole('alert')).toBeVisible();
    await card(page).getByRole('radiogroup', { name: 'B' }).getByRole('radio', { name: 'Y' }).click();
    await press(page, 'Finish');
    await heading(page, 'Thank you!');
    expect(await data(page)).toEqual([{ B: 'Y' }]);
  });

  test('loads what converts it only where that is needed', async ({ page, site }) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const current = { id: 'q1', type: 'openText', headline: { default: 'Today' }, required: false };
    await render(page, { questions: [current], endings: [ENDING] });
    await heading(page, 'Today');
    expect(asked.filter((url) => /older/.test(url))).toEqual([]);
    await page.goto(site.url);
    await whenLoaded(page);
    await render(page, { questions: [{ type: 'openText', headline: 'Once' }] });
    await heading(page, 'Once');
    expect(asked.filter((url) => /older/.test(url))).toHaveLength(1);
  });

  const question = { id: 'q1', type: 'openText', headline: 'Why?', required: false };
  const undrawable: readonly (readonly [reason: string, document: object])[] = [
    ['question 1 has no headline', { questions: [{ ...question, headline: undefined }] }],
    [
      'question 1 has no choices, or one without a label',
      { questions: [{ ...question, type: 'multipleChoiceSingle' }] },
    ],
    [
      'question 1 has no rows, or one without a label',
      { questions: [{ ...question, type: 'matrix', columns: ['A'] }] },
    ],
    ['question 1 has no range', { questions: [{ ...question, type: 'rating', scale: 'star' }] }],
    [
      'question 1 has the unknown condition smells',
      { questions: [{ ...question, logic: [{ condition: 'smells', value: 1, destination: 'end' }] }] },
    ],
    ['question 1 is none', { questions: [null] }],
    ['question 2 has the id of another one, q1', { questions: [question, question] }],
    ['questions is no list', { questions: 'Why?' }],
    ['block 1 has no elements', { blocks: [{ id: 'b1' }] }],
    ['nothing to show', {}],
    ['hologram', { questions: [{ ...question, type: 'hologram' }] }],
  ];
  for (const [reason, document] of undrawable) {
    test(`is not drawn, for one reason: ${reason}`, async ({ page }) => {
      expect(await render(page, document)).toBe('undefined');
      await expect.poll(() => lines.filter((line) => line.includes(reason))).toHaveLength(1);
      await expect(page.locator('inkling-survey')).toHaveCount(0);
    });
  }
});

test.describe('a document of a server of 2023', () => {
  let foreign: ForeignServer;
  test.afterEach(() => foreign.stop());

  const open = async (survey: object, server: Parameters<typeof tagFor>[0], put: (head: string) => void) => {
    const action = {
      id: 'claction0000000000000001',
      name: 'did it',
      type: 'code',
      key: 'did-it',
      noCodeConfig: null,
    };
    const whole = { ...survey, triggers: [{ actionClass: { name: action.name } }], segment: null, delay: 0 };
    foreign = await startForeignServer({ surveys: [whole as never], actionClasses: [action] });
    put(
      `<script async src="${server.url}/inkling.js" data-environment-id="${foreign.environmentId}" data-app-url="${foreign.url}"></script>`,
    );
  };

  test('is shown and answered', async ({ page, server, site }) => {
    await open(OF_2023, server, (head) => site.put('*', { head, body: '<h1>Host</h1>' }));
    await page.goto(site.url);
    await whenReady(page);
    await call(page, 'track', 'did-it');
    await answer(page);
    await expect
      .poll(() => foreign.responses.map(({ finished, data }) => [finished, Object.values(data)]))
      .toEqual([[true, ['clicked', 'Pro', { Price: 'Good', Speed: 'Bad' }]]]);
  });

  test('that nobody can draw is not shown, and says why', async ({ page, server, site }) => {
    const [first, ...others] = OF_2023.questions;
    const questions = [{ ...first, choices: undefined }, ...others];
    await open({ ...OF_2023, questions }, server, (head) => site.put('*', { head, body: '<h1>Host</h1>' }));
    await page.goto(site.url);
    await whenReady(page);
    await call(page, 'track', 'did-it');
    await expect
      .poll(() => lines.filter((line) => line.includes('question 1 has no choices')))
      .toHaveLength(1);
    await expect(page.locator('inkling-survey')).toHaveCount(0);
    expect([foreign.displays, foreign.responses]).toEqual([[], []]);
  });
});
