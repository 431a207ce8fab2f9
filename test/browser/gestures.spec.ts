import type { Page } from '@playwright/test';
import { expect, randomId, surveyOn, type TestServer, test } from './support.ts';
import { expectShown, openPage, trackWithoutWaiting } from './survey-page.ts';

const text = (words: string): object => ({ default: words });
const line = (label: string): object => ({ show: true, required: false, placeholder: text(label) });
const named = (...labels: string[]): object[] =>
  labels.map((label) => ({ id: label.toLowerCase(), label: text(label) }));

/** Elements with several controls, and what each stores once two of its controls were used. */
const OF_SEVERAL = {
  contactInfo: {
    firstName: line('First'),
    lastName: line('Last'),
    email: line('E-mail'),
    phone: line('Phone'),
    company: line('Company'),
  },
  address: {
    addressLine1: line('Street'),
    addressLine2: line('More'),
    city: line('City'),
    state: line('State'),
    zip: line('Code'),
    country: line('Country'),
  },
  matrix: { rows: named('Speed', 'Price', 'Help'), columns: named('Bad', 'Good') },
  multipleChoiceMulti: { choices: named('Cats', 'Dogs', 'Birds') },
  pictureSelection: {
    allowMulti: true,
    choices: ['sea', 'hills', 'city'].map((id) => ({ id, imageUrl: `https://pictures.invalid/${id}.png` })),
  },
  ranking: { choices: named('One', 'Two', 'Three') },
} as const;

function card(...elements: object[]): object {
  return { id: randomId(), name: 'Card', elements };
}

function element(id: string, type: string, more: object = {}): object {
  return { id, type, required: false, headline: text(`Question ${id}`), ...more };
}

function documentOf(...blocks: object[]): object {
  return {
    displayOption: 'respondMultiple',
    blocks,
    endings: [{ id: randomId(), type: 'endScreen', headline: text('Thank you!') }],
  };
}

const open = async (
  page: Page,
  given: Parameters<typeof openPage>[1],
  document: object,
): Promise<{ id: string }> => {
  const survey = await openPage(page, given, '<h1>Host</h1>', document);
  await trackWithoutWaiting(page);
  await expectShown(page);
  return survey;
};

const stored = async (server: TestServer, surveyId: string): Promise<Readonly<Record<string, unknown>>> => {
  const seen = async () => (await server.responses(surveyId))[0];
  await expect.poll(async () => (await seen())?.finished).toBe(true);
  return (await seen())?.data ?? {};
};

const finish = (page: Page): Promise<void> => surveyOn(page).getByRole('button', { name: 'Finish' }).click();

/** Enters values into the lines of a survey as a password manager does, all in one task. */
const enter = (page: Page, values: Readonly<Record<string, string>>, events: readonly string[]) =>
  page.locator('inkling-survey').evaluate(
    ({ shadowRoot }, [entries, types]) => {
      for (const [name, value] of entries) {
        const label = [...(shadowRoot?.querySelectorAll('label') ?? [])].find((one) =>
          one.textContent?.startsWith(name),
        );
        const input = label?.querySelector('input');
        if (!input) throw new Error(`no line ${name}`);
        input.value = value;
        for (const type of types) input.dispatchEvent(new Event(type, { bubbles: true }));
      }
    },
    [Object.entries(values), events] as const,
  );

for (const events of [['input'], ['input', 'change'], ['change'], []]) {
  test(`lines filled in one task with ${events.join(' and ') || 'no event'} are all kept`, async ({
    page,
    server,
    site,
  }) => {
    const survey = await open(
      page,
      { server, site },
      documentOf(
        card(
          element('contact', 'contactInfo', OF_SEVERAL.contactInfo),
          element('place', 'address', OF_SEVERAL.address),
          element('must', 'openText', { required: true, longAnswer: false, charLimit: { enabled: false } }),
        ),
      ),
    );
    await enter(
      page,
      { First: 'Ada', Last: 'Byron', 'E-mail': 'ada@example.com', Street: '1 Hill', City: 'Bath' },
      events,
    );
    // The next field is typed into: drawing the card again must not empty the others.
    await surveyOn(page).getByRole('textbox', { name: 'Question must' }).fill('x');
    await finish(page);
    expect(await stored(server, survey.id)).toMatchObject({
      contact: ['Ada', 'Byron', 'ada@example.com', '', ''],
      place: ['1 Hill', '', 'Bath', '', '', ''],
      must: 'x',
    });
  });
}

test('controls clicked in one task all count', async ({ page, server, site }) => {
  const types = ['matrix', 'multipleChoiceMulti', 'pictureSelection', 'ranking'] as const;
  const survey = await open(
    page,
    { server, site },
    documentOf(card(...types.map((type) => element(type, type, OF_SEVERAL[type])))),
  );
  await expect(surveyOn(page).getByText('Three')).toBeVisible();
  await page.locator('inkling-survey').evaluate(({ shadowRoot }) => {
    const all = (selector: string) => [...(shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? [])];
    const rows = all('.matrix [role=radiogroup]').map((row) => row.querySelectorAll('input')[1]);
    rows[0]?.click();
    rows[2]?.click();
    const boxes = all('.list [type=checkbox]');
    boxes[0]?.click();
    boxes[2]?.click();
    const pictures = all('.pictures [type=checkbox]');
    pictures[0]?.click();
    pictures[1]?.click();
    const items = all('.ranks .item');
    items[2]?.click();
    items[0]?.click();
  });
  await finish(page);
  const data = await stored(server, survey.id);
  expect(data.matrix).toEqual({ Speed: 'Good', Help: 'Good' });
  expect(data.multipleChoiceMulti).toEqual(['Cats', 'Birds']);
  expect(data.pictureSelection).toEqual(['sea', 'hills']);
  expect((data.ranking as string[]).slice(0, 2)).toEqual(['Three', 'One']);
});

test('what stands in a control counts, although no event told of it', async ({ page, server, site }) => {
  const short = { required: true, longAnswer: false, charLimit: { enabled: false } };
  const survey = await open(
    page,
    { server, site },
    documentOf(
      card(
        element('short', 'openText', short),
        element('long', 'openText', { ...short, longAnswer: true }),
        element('single', 'multipleChoiceSingle', { required: true, choices: named('Red', 'Blue') }),
        element('several', 'multipleChoiceMulti', { required: true, choices: named('Cats', 'Dogs') }),
        element('score', 'rating', { required: true, scale: 'number', range: 5 }),
        element('yes', 'consent', { required: true, label: text('I agree') }),
      ),
    ),
  );
  await expect(surveyOn(page).getByText('I agree')).toBeVisible();
  await page.locator('inkling-survey').evaluate(({ shadowRoot }) => {
    const all = (selector: string) => [...(shadowRoot?.querySelectorAll<HTMLInputElement>(selector) ?? [])];
    const set = (selector: string, change: Partial<HTMLInputElement>) =>
      Object.assign(all(selector)[0] as HTMLInputElement, change);
    set('input.text', { value: 'one' });
    set('textarea', { value: 'two' });
    set('.row + .row [type=radio], div + div > .row [type=radio]', { checked: true });
    set('.scale .cell:nth-child(4) [type=radio]', { checked: true });
    for (const box of all('[type=checkbox]')) box.checked = true;
  });
  await finish(page);
  expect(await stored(server, survey.id)).toMatchObject({
    short: 'one',
    long: 'two',
    single: 'Blue',
    several: ['Cats', 'Dogs'],
    score: 4,
    yes: 'accepted',
  });
});

const score = (id: string): object =>
  element(id, 'rating', { required: true, scale: 'number', range: 5, isColorCodingEnabled: false });

for (const key of ['Enter', 'Space']) {
  test(`${key} that is held answers one card`, async ({ page, server, site }) => {
    await open(page, { server, site }, documentOf(...['a', 'b', 'c'].map((id) => card(score(id)))));
    const survey = surveyOn(page);
    await survey.getByRole('radio', { name: '2' }).focus();
    for (let times = 0; times < 20; times++) {
      await page.keyboard.down(key);
      await page.waitForTimeout(40);
    }
    await page.keyboard.up(key);
    // A second press is a step of its own: it submits the first card, whichever key chose the score.
    await survey.getByRole('radio', { name: '2' }).press('Enter');
    await expect(survey.getByText('Question b')).toBeVisible();
    expect(await survey.getByRole('radio', { checked: true }).count()).toBe(0);
  });
}

for (const key of ['Enter', 'Space', 'ArrowRight', 'Home']) {
  test(`${key} that was pressed on one card does nothing on the next`, async ({ page, server, site }) => {
    const cards = ['a', 'b'].map((id) => card(score(id)));
    await open(
      page,
      { server, site },
      documentOf(card(element('first', 'consent', { label: text('Yes') })), ...cards),
    );
    const survey = surveyOn(page);
    await survey.getByRole('button', { name: 'Next' }).focus();
    await page.keyboard.down(key);
    if (key !== 'Enter') await page.keyboard.press('Enter');
    await expect(survey.getByText('Question a')).toBeVisible();
    const focused = survey.getByRole('radio', { name: '1' });
    await expect(focused).toBeFocused();
    for (let times = 0; times < 5; times++) await page.keyboard.down(key);
    await page.keyboard.up(key);
    await expect(focused).toBeFocused();
    expect(await survey.getByRole('radio', { checked: true }).count()).toBe(0);
    // Pressed anew it works.
    await page.keyboard.press('ArrowRight');
    await expect(survey.getByRole('radio', { name: '2' })).toBeFocused();
  });
}

for (const pause of [0, 60, 150, 300]) {
  test(`a double click on Next within ${pause} ms shows the next card @chromium`, async ({
    page,
    server,
    site,
  }) => {
    const cards = ['a', 'b', 'c', 'd'].map((id) =>
      card(element(id, 'openText', { charLimit: { enabled: false } })),
    );
    await open(page, { server, site }, documentOf(...cards));
    const survey = surveyOn(page);
    const clickTwice = async (): Promise<void> => {
      const box = await survey.getByRole('button', { name: 'Next' }).boundingBox();
      const [x, y] = [(box?.x ?? 0) + 20, (box?.y ?? 0) + 10];
      await page.mouse.click(x, y);
      await page.waitForTimeout(pause);
      await page.mouse.move(x + 3, y - 2);
      await page.mouse.down({ clickCount: 2 });
      await page.mouse.up({ clickCount: 2 });
    };
    await clickTwice();
    await page.waitForTimeout(600);
    await expect(survey.getByText('Question b')).toBeVisible();
    await clickTwice();
    await page.waitForTimeout(600);
    await expect(survey.getByText('Question c')).toBeVisible();
    // Two gestures are two steps.
    await survey.getByRole('button', { name: 'Next' }).click();
    await expect(survey.getByText('Question d')).toBeVisible();
  });
}

test('keys that compose a text neither close the survey nor send the card', async ({
  page,
  server,
  site,
}) => {
  await open(
    page,
    { server, site },
    documentOf(card(element('a', 'openText', { charLimit: { enabled: false } })), card(score('b'))),
  );
  const box = surveyOn(page).getByRole('textbox');
  for (const composing of [{ isComposing: true }, { keyCode: 229 }]) {
    for (const key of ['Escape', 'Enter', 'ArrowDown'])
      for (const held of [{}, { ctrlKey: true }, { metaKey: true }])
        await box.evaluate(
          (node, init) =>
            node.dispatchEvent(
              new KeyboardEvent('keydown', { bubbles: true, composed: true, cancelable: true, ...init }),
            ),
          { key, ...held, ...composing },
        );
  }
  await expect(surveyOn(page).getByText('Question a')).toBeVisible();
  // A key without a name, as autofill sends it, is no mistake of the page.
  await box.evaluate((node) => node.dispatchEvent(new Event('keydown', { bubbles: true, composed: true })));
  await box.press('Control+Enter');
  await expect(surveyOn(page).getByText('Question b')).toBeVisible();
});
