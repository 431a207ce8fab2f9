import type { Locator, Page } from '@playwright/test';
import { createDice } from '../core/documents/dice.ts';
import { type Case, makeCase } from '../core/documents/generate.ts';
import type { Element, Wire, Words } from '../core/documents/model.ts';
import { cardAt } from '../core/documents/oracle.ts';
import { dataOf, type Hands, visit } from '../core/documents/visit.ts';
import { expect, tagFor, test, whenLoaded, withClient } from './support.ts';

const isFull = process.env.INKLING_PROVE === 'full';
const COUNT = isFull ? 100 : 6;
/** Documents that are answered side by side, each share by a test of its own. */
const SHARES = isFull ? 4 : 2;
const FIRST = Number(process.env.INKLING_SEED ?? 1) + 100_000;
const CASES = Array.from({ length: COUNT }, (_, index) => makeCase(FIRST + index * 2, { isPlain: true }));

/** A visitor's hands in a browser: everything is found by role and name. */
function handsOn(page: Page, { model }: Case): Hands {
  const box = page.locator('#here');
  const t = (words: unknown): string => {
    const text = words as Words;
    return text[model.language] ?? text.default ?? '';
  };
  const sectionOf = ({ headline }: Element): Locator =>
    box.locator('section').filter({ has: page.getByRole('heading', { name: t(headline), exact: true }) });
  let elements: readonly Element[] = [];
  return {
    see: async (place) => {
      if (place.card === 'end') {
        const ending = model.endings.find(({ id }) => id === place.ending);
        if (!ending) return expect(box.locator('inkling-survey')).toHaveCount(0);
        return expect(box.getByRole('heading', { name: t(ending.headline), exact: true })).toBeVisible();
      }
      elements = cardAt(model, place)?.elements ?? [];
      const headlines = elements.length > 0 ? elements.map(({ headline }) => headline) : [model.welcome];
      for (const headline of headlines) {
        await expect(box.getByRole('heading', { name: t(headline), exact: true })).toBeVisible();
      }
      await expect(box.locator('section')).toHaveCount(headlines.length);
    },
    answer: (element, value) => answer(sectionOf(element), element, { value, t }),
    next: () => box.getByRole('button', { name: /^(Next|Finish)$/ }).click(),
    back: () => box.getByRole('button', { name: 'Back', exact: true }).click(),
    expectRefused: async (ids) => {
      for (const element of elements) {
        const count = ids.includes(element.id) ? 1 : 0;
        await expect(sectionOf(element).getByRole('alert')).toHaveCount(count);
      }
    },
  };
}

interface Wanted {
  readonly value: Wire;
  readonly t: (words: unknown) => string;
}

async function answer(one: Locator, element: Element, { value, t }: Wanted): Promise<void> {
  const list = Array.isArray(value) ? (value as readonly string[]) : [`${value}`];
  const name = t(element.headline);
  const set = async (input: Locator, isOn: boolean): Promise<void> => {
    if ((await input.isChecked()) !== isOn) await input.click();
  };
  switch (element.type) {
    case 'openText':
      return one.getByRole('textbox', { name }).fill(`${value}`);
    case 'multipleChoiceSingle':
    case 'multipleChoiceMulti':
      return choose(one, element, { value, t });
    case 'consent':
      return set(one.getByRole('checkbox', { name: t(element.label) }), true);
    case 'date': {
      const [year = '', month = '', day = ''] = `${value}`.split('-');
      await one.getByRole('combobox', { name: /^(year|jahr)/i }).selectOption({ label: year });
      await one.getByRole('combobox', { name: /^(month|monat)/i }).selectOption({ index: Number(month) - 1 });
      const cell = one
        .getByRole('grid')
        .getByRole('gridcell')
        .filter({ hasText: new RegExp(`^${Number(day)}$`) });
      return cell.click();
    }
    case 'pictureSelection':
      for (const { id } of element.choices ?? []) {
        const isOn = list.includes(id);
        const input = one.getByRole(element.allowMulti ? 'checkbox' : 'radio', { name: id, exact: true });
        if (isOn || element.allowMulti) await set(input, isOn);
      }
      return;
    case 'matrix':
      for (const [row, column] of Object.entries(value)) {
        const group = one.getByRole('radiogroup', { name: row, exact: true });
        await set(group.getByRole('radio', { name: column, exact: true }), true);
      }
      return;
    case 'ranking': {
      const items = one.getByRole('list', { name });
      // The refused attempt has ranked some already.
      const ranked = items.getByRole('button', { name: /^(Move|Remove)/ });
      const isRanked = await ranked.count();
      const former = list.at(-1) ?? '';
      if (isRanked > 0) await items.getByRole('button', { name: former, exact: true }).click();
      for (const label of list) await items.getByRole('button', { name: label, exact: true }).click();
      return;
    }
    case 'address':
    case 'contactInfo': {
      const lines = Object.values(element).filter(
        (part): part is { show: boolean; placeholder: Words } =>
          typeof part === 'object' && !!part && 'show' in part,
      );
      for (const [index, { show, placeholder }] of lines.entries()) {
        if (show) await one.getByRole('textbox', { name: t(placeholder) }).fill(list[index] ?? '');
      }
      return;
    }
    case 'cal':
      return one.getByRole('button', { name: /booked/i }).click();
    default:
      return one.getByRole('radio', { name: `${value}`, exact: true }).click();
  }
}

async function choose(one: Locator, element: Element, { value, t }: Wanted): Promise<void> {
  const list = Array.isArray(value) ? (value as readonly string[]) : [`${value}`];
  if (element.displayType === 'dropdown') {
    await one.getByRole('combobox').click();
    return one.getByRole('option', { name: `${value}`, exact: true }).click();
  }
  const role = element.type === 'multipleChoiceSingle' ? 'radio' : 'checkbox';
  const labels = (element.choices ?? []).map(({ label }) => t(label));
  const other = t(element.choices?.find(({ id }) => id === 'other')?.label ?? {});
  const input = (label: string): Locator => one.getByRole(role, { name: label, exact: true });
  for (const label of labels) {
    const isOff = role === 'checkbox' && !list.includes(label) && label !== other;
    if (isOff && (await input(label).isChecked())) await input(label).click();
  }
  for (const text of list) {
    const label = labels.includes(text) ? text : other;
    if (!(await input(label).isChecked())) await input(label).click();
    if (label === other) await one.getByRole('textbox', { name: other, exact: true }).fill(text);
  }
}

/** The values of an answer without their keys: documents of former years have no ids. */
const sorted = (data: object): string[] =>
  Object.values(data)
    .map((value) => JSON.stringify(value))
    .sort();

for (let share = 0; share < SHARES; share++) {
  test(`random documents are answered by roles as the oracle expects (share ${share + 1} of ${SHARES}, ${COUNT} from seed ${FIRST})`, async ({
    page,
    server,
    site,
  }) => {
    test.setTimeout(900_000);
    page.setDefaultTimeout(8_000);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.route(/\.invalid\//, (route) => route.fulfill({ contentType: 'image/png', body: '' }));
    const tag = tagFor(server).replace(/data-environment-id="\w+"/, '');
    site.put('*', { head: tag, body: '<main id="here" style="width:640px"></main>' });
    const failures: string[] = [];
    const lines: string[] = [];
    page.on('console', (message) => lines.push(message.text()));
    page.on('pageerror', (error) => failures.push(`page error: ${error.message}`));
    for (const one of CASES.filter((_, index) => index % SHARES === share)) {
      lines.length = 0;
      await page.goto(site.url);
      await whenLoaded(page);
      try {
        await tryOne(page, one, lines);
      } catch (error) {
        failures.push(`seed ${one.seed}, ${one.dress}: ${error instanceof Error ? error.message : error}`);
      }
    }
    expect(failures).toEqual([]);
  });
}

async function tryOne(page: Page, one: Case, lines: readonly string[]): Promise<void> {
  const { document, model, reason, seed } = one;
  const isDrawn = await withClient(
    page,
    async (inkling, [given, options]) => {
      const onAnswer = (answer: object): void => void Object.assign(window, { answered: answer });
      return !!(await inkling.render(given, { ...options, container: '#here', onAnswer }));
    },
    [document, { hiddenFields: model.hidden, ...(model.language === 'de' && { language: 'de' }) }] as const,
  );
  expect(isDrawn, 'drawn').toBe(!reason);
  if (reason) {
    await expect.poll(() => lines.filter((line) => reason.test(line)).length).toBe(1);
    return expect(page.locator('inkling-survey')).toHaveCount(0);
  }
  const end = await visit(model, createDice(seed + 1), handsOn(page, one));
  const answered = await page.evaluate(
    () =>
      (window as unknown as { answered: { data: object; variables: object; finished: boolean } }).answered,
  );
  expect(answered).toMatchObject({ variables: end.variables, finished: true });
  expect(sorted(answered.data)).toEqual(sorted(dataOf(model, end)));
}
