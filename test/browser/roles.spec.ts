import type { Locator, Page } from '@playwright/test';
import { ELEMENTS, surveyOf } from './all-types.ts';
import {
  call,
  expect,
  type HostSite,
  surveyOn,
  type TestServer,
  tagFor,
  test,
  whenReady,
} from './support.ts';

/** Role, name and state of every control as a screen reader gets them, before and after its use; written by hand. */
interface Given {
  readonly before: string;
  readonly act: (section: Locator) => Promise<void>;
  readonly after: string;
}

const scores = (from: number, to: number, checked: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)
    .map((score) => `  - radio "${score}"${score === checked ? ' [checked]' : ''}\n`)
    .join('');

const scale = (id: string, from: number, to: number, pick: number): Given => ({
  before: `- radiogroup "About ${id}":\n${scores(from, to, -1)}`,
  act: (section) => section.getByRole('radio', { name: `${pick}`, exact: true }).press('Space'),
  after: `- radiogroup "About ${id}":\n${scores(from, to, pick)}`,
});

const GIVEN: Readonly<Record<string, Given>> = {
  openText: {
    before: '- textbox "About openText"\n- status',
    act: (section) => section.getByRole('textbox').fill('Four'),
    after: '- textbox "About openText": Four\n- status: 36 characters left',
  },
  multipleChoiceSingle: {
    before: `
- radiogroup "About multipleChoiceSingle":
  - radio "Red"
  - radio "Blue"
  - radio "Another"`,
    act: (section) => section.getByRole('radio', { name: 'Another' }).check(),
    after: `
- radiogroup "About multipleChoiceSingle":
  - radio "Red"
  - radio "Blue"
  - radio "Another" [checked]
  - textbox "Another"`,
  },
  multipleChoiceMulti: {
    before: `
- group "About multipleChoiceMulti":
  - checkbox "Cats"
  - checkbox "Dogs"
  - checkbox "Birds"
  - checkbox "None of them"`,
    act: async (section) => {
      await section.getByRole('checkbox', { name: 'Cats' }).check();
      await section.getByRole('checkbox', { name: 'None of them' }).check();
    },
    after: `
- group "About multipleChoiceMulti":
  - checkbox "Cats"
  - checkbox "Dogs"
  - checkbox "Birds"
  - checkbox "None of them" [checked]`,
  },
  dropdown: {
    before: '- combobox "About dropdown"',
    act: async (section) => {
      await section.getByRole('combobox').click();
      await section.getByRole('option', { name: 'Rome' }).click();
      await section.getByRole('combobox').press('ArrowDown');
    },
    after: `
- combobox "About dropdown" [expanded]
- listbox "About dropdown":
  - option "Paris"
  - option "Rome" [selected]
  - option "Oslo"
  - option "Lima"`,
  },
  nps: scale('nps', 0, 10, 0),
  rating: scale('rating', 1, 5, 4),
  csat: scale('csat', 1, 5, 1),
  ces: scale('ces', 1, 7, 7),
  cta: {
    before: '- link "Write to us"',
    act: async () => undefined,
    after: '- link "Write to us":\n  - /url: mailto:ada@example.com',
  },
  consent: {
    before: '- checkbox "I agree"',
    act: (section) => section.getByRole('checkbox').check(),
    after: '- checkbox "I agree" [checked]',
  },
  date: {
    before: `
- button /^\\w+ \\d{4}$/
- combobox "month"
- combobox "year"
- button /^\\w+ \\d{4}$/
- grid "About date":
  - row:
    - columnheader "Sunday"
    - columnheader "Monday"
    - columnheader "Tuesday"
    - columnheader "Wednesday"
    - columnheader "Thursday"
    - columnheader "Friday"
    - columnheader "Saturday"
  - row:
    - gridcell /^\\w+day, \\w+ 1, \\d{4}$/
  - row:
    - gridcell /^Sunday, \\w+ \\d+, \\d{4}$/
    - gridcell /^Monday, \\w+ \\d+, \\d{4}$/`,
    act: async (section) => {
      await section.getByRole('combobox', { name: 'year' }).selectOption('2024');
      await section.getByRole('combobox', { name: 'month' }).selectOption({ label: 'February' });
      await section.getByRole('gridcell', { name: 'Thursday, February 29, 2024' }).click();
    },
    after: `
- button "January 2024"
- combobox "month"
- combobox "year"
- button "March 2024"
- grid "About date":
  - row:
    - gridcell "Sunday, February 25, 2024"
    - gridcell "Monday, February 26, 2024"
    - gridcell "Tuesday, February 27, 2024"
    - gridcell "Wednesday, February 28, 2024"
    - gridcell "Thursday, February 29, 2024" [selected]
- paragraph: Thursday, February 29, 2024`,
  },
  pictureSelection: {
    before: '- radiogroup "About pictureSelection":\n  - radio "the sea"\n  - radio "the hills"',
    act: (section) => section.getByRole('radio', { name: 'the hills' }).press('Space'),
    after: '- radiogroup "About pictureSelection":\n  - radio "the sea"\n  - radio "the hills" [checked]',
  },
  fileUpload: {
    before: '- button "About fileUpload"',
    act: (section) =>
      section.locator('input').setInputFiles([
        { name: 'pic.png', mimeType: 'image/png', buffer: Buffer.from('no picture') },
        { name: 'a.exe', mimeType: 'x/x', buffer: Buffer.from('no') },
      ]),
    after: `
- button "About fileUpload"
- alert: "a.exe: Files of this type cannot be taken"
- list:
  - listitem:
    - text: pic.png
    - alert: This file could not be sent
    - button "Try again"
    - 'button "Remove: pic.png"'`,
  },
  cal: {
    before: '- link "Choose a time":\n  - /url: https://cal.com/ada/talk\n- button "I have booked"',
    act: (section) => section.getByRole('button').press('Enter'),
    after: '- link "Choose a time"\n- button "I have booked" [pressed]',
  },
  matrix: {
    before: `
- group "About matrix":
  - radiogroup "Speed":
    - radio "Bad"
    - radio "Good"
  - radiogroup "Price":
    - radio "Bad"
    - radio "Good"`,
    act: (section) =>
      section.getByRole('radiogroup', { name: 'Price' }).getByRole('radio', { name: 'Good' }).press('Space'),
    after: `
- group "About matrix":
  - radiogroup "Speed":
    - radio "Bad"
    - radio "Good"
  - radiogroup "Price":
    - radio "Bad"
    - radio "Good" [checked]`,
  },
  address: {
    before: '- group "About address":\n  - textbox "Street"\n  - textbox "City"',
    act: (section) => section.getByRole('textbox', { name: 'City' }).fill('Oslo'),
    after: '- group "About address":\n  - textbox "Street"\n  - textbox "City": Oslo',
  },
  contactInfo: {
    before: '- group "About contactInfo":\n  - textbox "First name"\n  - textbox "Email"',
    act: (section) => section.getByRole('textbox', { name: 'Email' }).fill('a@b.co'),
    after: '- group "About contactInfo":\n  - textbox "First name"\n  - textbox "Email": a@b.co',
  },
  ranking: {
    before: `
- list "About ranking":
  - listitem:
    - button "Gold"
  - listitem:
    - button "Silver"
  - listitem:
    - button "Bronze"
- status`,
    act: async (section) => {
      await section.getByRole('button', { name: 'Silver' }).click();
      await section.getByRole('button', { name: 'Bronze' }).click();
      await section.getByRole('button', { name: 'Move up: Bronze' }).click();
    },
    after: `
- list "About ranking":
  - listitem:
    - button "Bronze" [pressed]
    - 'button "Move up: Bronze" [disabled]'
    - 'button "Move down: Bronze"'
  - listitem:
    - button "Silver" [pressed]
    - 'button "Move up: Silver"'
    - 'button "Move down: Silver" [disabled]'
  - listitem:
    - button "Gold"
- status: "Bronze: 1 / 3"`,
  },
};

/** All types on one card, each in a section of its own. */
async function openAll(
  page: Page,
  server: TestServer,
  site: HostSite,
  change: object = {},
): Promise<Locator> {
  const action = await server.createAction('did-it');
  const elements = ELEMENTS.map((element) => ({ ...element, ...change }));
  await server.createSurvey({ ...surveyOf([]), blocks: [{ id: 'b', name: 'B', elements }] }, [action]);
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'track', 'did-it');
  await expect(surveyOn(page).getByRole('grid')).toBeVisible();
  return surveyOn(page);
}

const sectionOf = (survey: Locator, id: string): Locator =>
  survey.locator('section').filter({ has: survey.page().getByRole('heading', { name: `About ${id}` }) });

test('each element type has its role, names and states, and announces what changes', async ({
  page,
  server,
  site,
}) => {
  const survey = await openAll(page, server, site);
  // The server refuses the uploaded file, which is no picture.
  for (const { id } of ELEMENTS) {
    const given = GIVEN[id];
    if (!given) throw new Error(`nothing is given for ${id}`);
    const { before, act, after } = given;
    const section = sectionOf(survey, id);
    await expect(section).toMatchAriaSnapshot(before);
    await act(section);
    await expect(section).toMatchAriaSnapshot(after);
  }
});

/** The role whose description carries the error of each type: one control, or every one of a group. */
const WRONG: Readonly<Record<string, string>> = {
  openText: 'textbox',
  multipleChoiceSingle: 'radiogroup',
  multipleChoiceMulti: 'group',
  dropdown: 'combobox',
  nps: 'radiogroup',
  rating: 'radiogroup',
  csat: 'radiogroup',
  ces: 'radiogroup',
  consent: 'checkbox',
  date: 'grid',
  pictureSelection: 'radiogroup',
  fileUpload: 'button',
  cal: 'button',
  matrix: 'radiogroup',
  address: 'group',
  contactInfo: 'group',
  ranking: 'list',
};

test('each element type describes that it is required, and its error', async ({ page, server, site }) => {
  const survey = await openAll(page, server, site, { required: true });
  for (const [id, role] of Object.entries(WRONG)) {
    await expect(
      sectionOf(survey, id)
        .getByRole(role as 'grid')
        .first(),
    ).toHaveAccessibleDescription(/Required/);
  }
  await survey.getByRole('button', { name: 'Finish' }).click();
  await expect(survey.getByRole('textbox', { name: 'About openText' })).toBeFocused();
  for (const [id, role] of Object.entries(WRONG)) {
    const section = sectionOf(survey, id);
    const message = await section.getByRole('alert').textContent();
    expect(message, id).not.toBe('');
    await expect(section.getByRole(role as 'grid').first()).toHaveAccessibleDescription(
      new RegExp(`Required.*${message}`),
    );
  }
  await expect(sectionOf(survey, 'cta').getByRole('alert')).toHaveCount(0);
});
