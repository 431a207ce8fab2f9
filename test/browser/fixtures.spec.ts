import type { BrowserContext, Locator, Page } from '@playwright/test';
import { blocksOf } from '../../src/core/survey/convert.ts';
import type { AnswerValue, Survey, SurveyElement, Text } from '../../src/core/survey/document.ts';
import { plainText } from '../../src/core/survey/rich-text.ts';
import { textOf } from '../../src/core/survey/text.ts';
import { chooseLanguage } from '../../src/core/targeting/language.ts';
import { RICH_TEXTS } from '../../src/ui/texts/rich-texts.ts';
import { RULE_TEXTS } from '../../src/ui/texts/rule-texts.ts';
import { addTexts, say } from '../../src/ui/texts/strings.ts';
import { type Fixture, type FixtureStep, loadFixtures } from '../fixtures/load.ts';
import { toProblemKey } from '../fixtures/problem-keys.ts';
import { expect, type HostSite, type TestServer, tagFor, test, whenLoaded, withClient } from './support.ts';

// The renderer loads these texts with the rules of a survey.
addTexts({ ...RICH_TEXTS, ...RULE_TEXTS });

type Heard = Readonly<Record<string, unknown>>;

/** A pattern for a text as it is displayed; recalled values may be anything. */
function asShown(text: string): RegExp {
  const words = plainText(text).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${words.replace(/#recall:[^#]*#/g, '.*').replace(/\s+/g, '\\s+')}$`);
}

/** Plays one script through the renderer, by roles and names only (architecture.md 4.6). */
class Player {
  private readonly survey: Survey;
  private language: string;
  private readonly page: Page;
  private readonly fixture: Fixture;
  readonly box: Locator;
  readonly progress: (number | undefined)[] = [];

  constructor(page: Page, fixture: Fixture) {
    const given = fixture.document as Survey;
    this.page = page;
    this.fixture = fixture;
    this.survey = { ...given, blocks: blocksOf(given) };
    this.language = chooseLanguage(this.survey, fixture.props?.languageCode).key;
    this.box = page.locator('#here');
  }

  private t(text: Text | undefined): string {
    return textOf(text, this.language);
  }

  private block(card: string): Survey['blocks'][number] | undefined {
    const question = /^block of (.*)$/.exec(card)?.[1];
    return this.survey.blocks.find(({ id, elements }) =>
      question ? elements[0]?.id === question : id === card,
    );
  }

  private section(element: SurveyElement): Locator {
    const heading = this.page.getByRole('heading', { name: asShown(this.t(element.headline)) });
    return this.box.locator('section').filter({ has: heading });
  }

  /** Waits for a card and records the value of the progress bar. */
  async arrive(card: string): Promise<void> {
    const ending = this.survey.endings.find(({ id }) => id === card);
    const headline =
      card === 'start'
        ? this.survey.welcomeCard.headline
        : (this.block(card)?.elements[0]?.headline ?? ending?.headline);
    await expect(this.box.getByRole('heading', { name: asShown(this.t(headline)) })).toBeVisible();
    const bar = this.box.getByRole('progressbar');
    this.progress.push(Number(await bar.getAttribute('aria-valuenow')));
  }

  async check({ at, show = {} }: FixtureStep): Promise<void> {
    for (const [id, what] of Object.entries(show)) {
      if (id === 'dir') await expect(this.box.getByRole('dialog')).toHaveAttribute('dir', String(what));
      else if (id === 'headline')
        await expect(this.box.getByRole('heading', { name: String(what), exact: true })).toBeVisible();
      else if (id === 'buttonLabel') await expect(this.next(at)).toBeVisible();
      else {
        const { headline, subheader } = what as Record<string, string>;
        const element = this.block(at)?.elements.find((one) => one.id === id);
        if (!element) throw new Error(`no ${id} on ${at}`);
        const one = this.section(element);
        if (headline) await expect(one.getByRole('heading', { name: headline, exact: true })).toBeVisible();
        if (subheader)
          await expect(one.getByText(subheader.replace(/\s+/g, ' '), { exact: true })).toBeVisible();
      }
    }
  }

  next(card: string): Locator {
    const label = card === 'start' ? this.survey.welcomeCard.buttonLabel : this.block(card)?.buttonLabel;
    return this.box.getByRole('button', { name: this.t(label) || /^(Next|Finish)$/, exact: true });
  }

  async act({ at, answer = {}, do: what, to = '', errors }: FixtureStep): Promise<void> {
    for (const [id, value] of Object.entries(answer)) {
      const element = this.block(at)?.elements.find((one) => one.id === id);
      if (!element) throw new Error(`no ${id} on ${at}`);
      await this.answer(element, value);
    }
    if (what === 'switchLanguage') {
      await this.box.getByRole('combobox', { name: say('language_switch') }).selectOption(to);
      this.language = chooseLanguage(this.survey, to).key;
    }
    if (what === 'back') await this.box.getByRole('button', { name: 'Back', exact: true }).click();
    if (what === 'next') await this.next(at).click();
    for (const [id, type] of Object.entries(errors ?? {})) {
      const element = this.block(at)?.elements.find((one) => one.id === id);
      if (!element) throw new Error(`no ${id} on ${at}`);
      const [before = '', after = ''] = say(toProblemKey(type), '\0').split('\0');
      const alert = this.section(element).getByRole('alert');
      await expect(alert).toContainText(before);
      await expect(alert).toContainText(after);
    }
  }

  private async answer(element: SurveyElement, value: AnswerValue | null): Promise<void> {
    const one = this.section(element);
    const name = asShown(this.t(element.headline));
    const list = Array.isArray(value) ? (value as readonly string[]) : [String(value)];
    const set = async (input: Locator, isOn: boolean): Promise<void> => {
      if ((await input.isChecked()) !== isOn) await input.click();
    };
    switch (element.type) {
      case 'openText':
        return one.getByRole('textbox', { name }).fill(String(value));
      case 'multipleChoiceSingle':
      case 'multipleChoiceMulti': {
        const labels = new Map(element.choices.map(({ id, label }) => [this.t(label), id]));
        const other = element.choices.find(({ id }) => id === 'other');
        const isSingle = element.type === 'multipleChoiceSingle';
        if (element.displayType === 'dropdown') {
          await one.getByRole('combobox', { name }).click();
          return one.getByRole('option', { name: String(value), exact: true }).click();
        }
        const group = one.getByRole(isSingle ? 'radiogroup' : 'group', { name });
        const input = (label: string): Locator =>
          group.getByRole(isSingle ? 'radio' : 'checkbox', { name: label, exact: true });
        if (value === null) return group.getByRole('radio', { checked: true }).click();
        if (!isSingle)
          for (const label of labels.keys()) if (!list.includes(label)) await set(input(label), false);
        for (const text of list) {
          if (labels.has(text)) await set(input(text), true);
          else {
            await set(input(this.t(other?.label)), true);
            await group.getByRole('textbox', { name: this.t(other?.label), exact: true }).fill(text);
          }
        }
        return;
      }
      case 'nps':
      case 'rating':
      case 'csat':
      case 'ces':
        return one
          .getByRole('radiogroup', { name })
          .getByRole('radio', { name: `${value}`, exact: true })
          .click();
      case 'consent':
        return set(one.getByRole('checkbox', { name: this.t(element.label) }), value === 'accepted');
      case 'cta': {
        const popup = this.page.waitForEvent('popup');
        await one.getByRole('link', { name: this.t(element.ctaButtonLabel) }).click();
        return (await popup).close();
      }
      case 'date': {
        const [year = '', month = '', day = ''] = String(value).split('-');
        await one.getByRole('combobox', { name: /year/i }).selectOption({ label: year });
        await one.getByRole('combobox', { name: /month/i }).selectOption({ index: Number(month) - 1 });
        const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
        const full = new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeZone: 'UTC' }).format(date);
        const grid = one.getByRole('grid', { name });
        return grid.getByRole('gridcell', { name: full }).click();
      }
      case 'pictureSelection': {
        for (const { id, imageUrl } of element.choices) {
          const alt = /([^/]*)\.\w+$/.exec(imageUrl)?.[1] ?? '';
          const picture = one.getByRole(element.allowMulti ? 'checkbox' : 'radio', {
            name: alt,
            exact: true,
          });
          await set(picture, list.includes(id));
        }
        return;
      }
      case 'ranking': {
        const items = one.getByRole('list', { name });
        const ranked = this.ranked[element.id] ?? [];
        for (const label of list)
          if (!ranked.includes(label)) await items.getByRole('button', { name: label, exact: true }).click();
        this.ranked[element.id] = list;
        return;
      }
      case 'matrix': {
        for (const [row, column] of Object.entries(value ?? {})) {
          const group = one.getByRole('radiogroup', { name: row, exact: true });
          await set(group.getByRole('radio', { name: column, exact: true }), true);
        }
        return;
      }
      case 'address':
      case 'contactInfo': {
        const group = one.getByRole('group', { name });
        const fields = Object.entries(element).flatMap(([field, part]) =>
          typeof part === 'object' && 'placeholder' in part ? [[field, part] as const] : [],
        );
        const order =
          element.type === 'address'
            ? ['addressLine1', 'addressLine2', 'city', 'state', 'zip', 'country']
            : ['firstName', 'lastName', 'email', 'phone', 'company'];
        for (const [field, part] of fields) {
          if (!part.show) continue;
          const text = list[order.indexOf(field)] ?? '';
          await group.getByRole('textbox', { name: this.t(part.placeholder), exact: true }).fill(text);
        }
        return;
      }
      default:
        throw new Error(`no fixture answers a ${element.type}`);
    }
  }

  private readonly ranked: Record<string, readonly string[]> = {};

  async finish(): Promise<void> {
    const { visited, redirectUrl, ending = {} } = this.fixture.expect;
    const last = visited.at(-1) ?? '';
    if (redirectUrl) return this.page.waitForURL(redirectUrl);
    if (last === 'end') return expect(this.box.locator('inkling-survey')).toHaveCount(0);
    await this.arrive(last);
    const { headline, subheader, buttonLabel } = ending;
    if (headline) await expect(this.box.getByRole('heading', { name: headline, exact: true })).toBeVisible();
    if (subheader) await expect(this.box.getByText(subheader, { exact: true })).toBeVisible();
    if (buttonLabel)
      await expect(this.box.getByRole('link', { name: buttonLabel, exact: true })).toBeVisible();
  }
}

async function play(page: Page, fixture: Fixture, heard: Heard[]): Promise<void> {
  const { document, props = {}, steps, expect: wanted } = fixture;
  const player = new Player(page, fixture);
  const { languageCode, hiddenFieldsRecord, prefillResponseData, skipPrefilled, startAtQuestionId } = props;
  await withClient(
    page,
    async (inkling, [given, options]) => {
      const { hear } = window as never as { hear: (answer: unknown) => void };
      await inkling.render(given, { ...options, onAnswer: hear });
    },
    [
      document,
      {
        ...{ container: '#here', prefill: prefillResponseData, skipPrefilled },
        ...{ language: languageCode === 'default' ? undefined : languageCode },
        ...{ hiddenFields: hiddenFieldsRecord, startAt: startAtQuestionId },
      },
    ] as const,
  );
  let card = '';
  const visited: string[] = [];
  for (const [index, step] of steps.entries()) {
    const isNew = step.at !== card || steps[index - 1]?.do === 'back';
    if (step.do === 'prefilled') player.progress.push(undefined);
    else if (isNew) await player.arrive(step.at);
    if (isNew) visited.push(step.at);
    card = step.at;
    await player.check(step);
    await player.act(step);
  }
  await player.finish();
  visited.push(wanted.visited.at(-1) ?? '');
  expect(visited).toEqual(wanted.visited);
  const shown = player.progress.map((percent, index) => percent ?? wanted.progress[index]);
  // A redirect shows no last card.
  expect(shown).toEqual(wanted.progress.slice(0, shown.length));
  expect(shown.length).toBeGreaterThanOrEqual(wanted.progress.length - (wanted.redirectUrl ? 1 : 0));
  const last = heard.at(-1);
  expect(last?.data).toEqual(wanted.data);
  expect(last?.variables).toEqual(wanted.variables);
  expect(last?.finished).toBe(wanted.finished);
  expect(last?.endingId).toBe(wanted.endingId);
  expect(last?.language ?? null).toBe(wanted.language ?? null);
  if (wanted.languagesSent) expect(heard.map(({ language }) => language)).toEqual(wanted.languagesSent);
}

/** Shares of the surveys that are answered side by side, each by a test of its own. */
const SHARES = 3;

for (let share = 0; share < SHARES; share++) {
  test(`every survey of test/fixtures (share ${share + 1} of ${SHARES}) is answered by roles and names and leads to the expected cards and data`, async ({
    page,
    context,
    server,
    site,
  }) => {
    const fixtures = loadFixtures().filter((_, index) => index % SHARES === share);
    await playAll({ page, context, server, site }, fixtures);
  });
}

async function playAll(
  {
    page,
    context,
    server,
    site,
  }: {
    readonly page: Page;
    readonly context: BrowserContext;
    readonly server: TestServer;
    readonly site: HostSite;
  },
  fixtures: ReturnType<typeof loadFixtures>,
): Promise<void> {
  test.setTimeout(240_000);
  page.setDefaultTimeout(8000);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const tag = tagFor(server).replace(/data-environment-id="\w+"/, '');
  site.put('/', { head: tag, body: '<main id="here" style="width:640px"></main>' });
  // Links of statements and endings: nothing leaves this machine.
  await context.route(
    (url) => /\.(invalid|org|com)$/.test(url.hostname),
    (route) => route.fulfill({ contentType: 'text/html', body: '' }),
  );
  let heard: Heard[] = [];
  await page.exposeFunction('hear', (answer: Heard) => heard.push(answer));
  const open = async (): Promise<void> => {
    await page.goto(site.url);
    await whenLoaded(page);
  };
  await open();
  const failures: string[] = [];
  for (const fixture of fixtures) {
    heard = [];
    await test.step(fixture.name, async () => {
      try {
        await play(page, fixture, heard);
      } catch (error) {
        failures.push(
          `${fixture.section} ${fixture.name}: ${error instanceof Error ? error.message : error}`,
        );
      }
    });
    // After a redirect the page is opened again; otherwise only the drawn survey is removed.
    if (page.url() === site.url || page.url() === `${site.url}/`) {
      await page.locator('#here').evaluate((here) => here.replaceChildren());
    } else await open();
  }
  expect(failures).toEqual([]);
}
