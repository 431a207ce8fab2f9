import { fireEvent, waitFor, within } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SurveyElement } from '../../src/core/survey/document.ts';
import type { SurveyView } from '../../src/ui/contract.ts';
import { openSurvey, prepare } from '../../src/ui/index.tsx';
import type { Upload } from '../../src/wire/upload.ts';
import { block, settings, survey } from '../core/survey/sample.ts';

const headline = { default: 'Headline' };
const label = (text: string) => ({ default: text });
const choices = (...names: string[]) => names.map((name) => ({ id: name.toLowerCase(), label: label(name) }));
let host: HTMLElement;
let onStep: ReturnType<typeof vi.fn<SurveyView['onStep']>>;

beforeEach(() => {
  host = document.createElement('inkling-survey');
  const status = document.createElement('div');
  host.attachShadow({ mode: 'open' }).append(status);
  document.body.append(host);
  onStep = vi.fn(async () => undefined);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

/** Opens a survey of one element, which is optional unless told otherwise. */
const open = async (element: object, more: Partial<SurveyView> = {}) => {
  const full = { id: 'q', headline, required: false, ...element } as unknown as SurveyElement;
  const document = survey({ blocks: [block('b', [full]), block('c', [])], endings: [] });
  const features = await prepare(document);
  const view = openSurvey({
    host,
    survey: document,
    settings: settings(),
    features,
    language: 'default',
    locale: 'en-US',
    progress: undefined,
    hiddenFields: {},
    onStep,
    onClose: () => {},
    ...more,
  });
  view.show();
  return view;
};

const ui = () => within(host.shadowRoot as unknown as HTMLElement);
const get = (role: string, name?: string | RegExp) =>
  ui().getByRole(role, name === undefined ? {} : { name });
const key = (control: Element, name: string, more = {}) => fireEvent.keyDown(control, { key: name, ...more });
const focused = () => host.shadowRoot?.activeElement;
/** What is sent of the element once the card is submitted. */
const sent = async () => {
  fireEvent.click(get('button', 'Next'));
  await waitFor(() => expect(onStep).toHaveBeenCalled());
  return onStep.mock.lastCall?.[0].data.q;
};

describe('groups of radios', () => {
  const rating = { type: 'rating', scale: 'number', range: 5 };
  it.each([
    ['ArrowRight', '1', '2'],
    ['ArrowDown', '1', '2'],
    ['ArrowLeft', '1', '5'],
    ['ArrowUp', '3', '2'],
    ['ArrowRight', '5', '1'],
    ['Home', '4', '1'],
    ['End', '2', '5'],
  ])('%s moves focus from %s to %s and picks nothing', async (pressed, from, to) => {
    await open(rating);
    get('radio', from).focus();
    expect(key(get('radio', from), pressed)).toBe(false);
    expect(focused()).toBe(get('radio', to));
    expect(await sent()).toBeUndefined();
  });

  it('left is on where text runs from right to left', async () => {
    await open(rating);
    get('radiogroup').style.direction = 'rtl';
    get('radio', '1').style.direction = 'rtl';
    key(get('radio', '1'), 'ArrowLeft');
    expect(focused()).toBe(get('radio', '2'));
  });

  it('Enter picks, and goes on when it has', async () => {
    await open(rating);
    expect(key(get('radio', '4'), 'Enter')).toBe(false);
    await waitFor(() => expect((get('radio', '4') as HTMLInputElement).checked).toBe(true));
    // The browser submits.
    expect(key(get('radio', '4'), 'Enter')).toBe(true);
    expect(await sent()).toBe(4);
  });

  it('digits are left alone', async () => {
    await open(rating);
    expect(key(get('radio', '1'), '3')).toBe(true);
    expect(await sent()).toBeUndefined();
  });

  it.each(['csat', 'ces'])('%s is a rating', async (type) => {
    await open({ ...rating, type });
    fireEvent.click(get('radio', '5'));
    await waitFor(() => expect((get('radio', '5') as HTMLInputElement).checked).toBe(true));
    expect(await sent()).toBe(5);
  });
});

it('what is left of a text is said once typing pauses', async () => {
  await open({ type: 'openText', longAnswer: false, charLimit: { max: 5 } });
  vi.useFakeTimers();
  const status = get('status');
  const type = async (value: string) => {
    fireEvent.input(get('textbox'), { target: { value } });
    await vi.advanceTimersByTimeAsync(500);
  };
  await type('a');
  await type('ab');
  expect(status.textContent).toBe('');
  await vi.advanceTimersByTimeAsync(500);
  expect(status.textContent).toBe('3 characters left');
  await type('abcdef');
  await vi.advanceTimersByTimeAsync(500);
  expect(status.textContent).toBe('Please use at most 5 characters');
});

describe('a dropdown', () => {
  const cities = {
    type: 'multipleChoiceSingle',
    displayType: 'dropdown',
    choices: [...choices('Paris', 'Rome', 'Oslo'), { id: 'other', label: label('Elsewhere') }],
  };
  const box = () => get('combobox', 'Headline') as HTMLInputElement;
  const options = () =>
    ui()
      .queryAllByRole('option')
      .map((option) => option.textContent);
  const active = () =>
    host.shadowRoot?.getElementById(box().getAttribute('aria-activedescendant') ?? '')?.textContent;
  const type = async (value: string, data = value) => {
    fireEvent.input(box(), { target: { value }, data });
    await waitFor(() => expect(box().getAttribute('aria-expanded')).toBe('true'));
  };

  it('is closed at first, opens with an arrow, wraps, and Enter picks', async () => {
    await open(cities);
    expect([box().getAttribute('aria-expanded'), options()]).toEqual(['false', []]);
    key(box(), 'ArrowDown');
    await waitFor(() => expect(active()).toBe('Paris'));
    key(box(), 'ArrowUp');
    await waitFor(() => expect(active()).toBe('Elsewhere'));
    key(box(), 'ArrowDown');
    await waitFor(() => expect(active()).toBe('Paris'));
    expect(key(box(), 'Enter')).toBe(false);
    await waitFor(() => expect([box().value, options()]).toEqual(['Paris', []]));
    expect(await sent()).toBe('Paris');
  });

  it('finds what is typed, whatever its case, and says when there is nothing', async () => {
    await open(cities);
    await type('O');
    expect(options()).toEqual(['Rome', 'Oslo']);
    await type('xyz');
    await waitFor(() => expect(ui().getByText('Nothing found')).toBeTruthy());
    expect(key(box(), 'Enter')).toBe(false);
    expect(await sent()).toBeUndefined();
  });

  it('Escape clears the search, then closes the list, and only then is the survey’s', async () => {
    const onClose = vi.fn();
    await open(cities, { onClose });
    await type('ro');
    key(box(), 'Escape');
    await waitFor(() => expect([box().value, options().length]).toEqual(['', 4]));
    key(box(), 'Escape');
    await waitFor(() => expect(options()).toEqual([]));
    expect(onClose).not.toHaveBeenCalled();
    key(box(), 'Escape');
    expect(onClose.mock.calls).toEqual([['escape']]);
  });

  it('closes when it is left', async () => {
    await open(cities);
    key(box(), 'ArrowDown');
    await waitFor(() => expect(options()).toHaveLength(4));
    fireEvent.blur(box());
    await waitFor(() => expect(options()).toEqual([]));
  });

  it('other has its box', async () => {
    await open(cities);
    fireEvent.click(box());
    await waitFor(() => expect(options()).toHaveLength(4));
    fireEvent.click(get('option', 'Elsewhere'));
    const other = await ui().findByRole('textbox', { name: 'Elsewhere' });
    await waitFor(() => expect(focused()).toBe(other));
    fireEvent.input(other, { target: { value: 'Lima' } });
    expect(await sent()).toBe('Lima');
  });

  it('picks several in tick order and stays open; none stands alone', async () => {
    const pets = {
      type: 'multipleChoiceMulti',
      choices: [...choices('Cat', 'Dog'), { id: 'none', label: label('No') }],
    };
    await open({ ...cities, ...pets });
    fireEvent.click(box());
    const pick = async (name: string, value: string) => {
      fireEvent.click(await ui().findByRole('option', { name }));
      await waitFor(() => expect(box().placeholder).toBe(value));
    };
    await pick('No', 'No');
    await pick('Dog', 'Dog');
    await pick('Cat', 'Dog, Cat');
    expect(box().readOnly).toBe(true);
    expect(await sent()).toEqual(['Dog', 'Cat']);
  });
});

describe('a date', () => {
  const date = { type: 'date', format: 'd-M-y' };
  const at = (day: string) => ({
    progress: {
      card: 'b',
      trail: [],
      answers: { q: day },
      ttc: {},
      variables: {},
      finished: false,
      endingId: null,
    },
  });
  const cell = (name: string) => get('gridcell', name);
  const cursor = () =>
    ui()
      .getAllByRole('gridcell')
      .find((one) => (one as HTMLElement).tabIndex === 0);

  it.each([
    ['ArrowRight', 'Friday, March 1, 2024', {}],
    ['ArrowLeft', 'Wednesday, February 28, 2024', {}],
    ['ArrowUp', 'Thursday, February 22, 2024', {}],
    ['ArrowDown', 'Thursday, March 7, 2024', {}],
    ['Home', 'Sunday, February 25, 2024', {}],
    ['End', 'Saturday, March 2, 2024', {}],
    ['PageUp', 'Monday, January 29, 2024', {}],
    ['PageDown', 'Friday, March 29, 2024', {}],
    ['PageDown', 'Friday, February 28, 2025', { shiftKey: true }],
  ])('%s goes to %s', async (pressed, name, more) => {
    await open(date, at('2024-02-29') as never);
    expect(key(cell('Thursday, February 29, 2024'), pressed, more)).toBe(false);
    await waitFor(() => expect(focused()).toBe(cell(name)));
    expect(cursor()).toBe(cell(name));
    expect(await sent()).toBe('2024-02-29');
  });

  it('is the day that was pressed, in every language', async () => {
    await open(date, { ...at('2024-02-29'), locale: 'de-DE' } as never);
    expect(get('columnheader', 'Montag')).toBe(ui().getAllByRole('columnheader')[0]);
    fireEvent.click(cell('Sonntag, 4. Februar 2024'));
    await waitFor(() => expect(cell('Sonntag, 4. Februar 2024').getAttribute('aria-selected')).toBe('true'));
    expect(await sent()).toBe('2024-02-04');
  });

  it.each([
    [false, ''],
    [true, '2024-02-29'],
  ])('pressed again where it is required: %s gives "%s"', async (required, outcome) => {
    await open({ ...date, required }, at('2024-02-29') as never);
    fireEvent.click(cell('Thursday, February 29, 2024'));
    expect(await sent()).toBe(outcome);
  });

  it('month and year are lists', async () => {
    await open(date, at('2024-02-29') as never);
    fireEvent.change(get('combobox', 'year'), { target: { value: '2023' } });
    await waitFor(() => expect(cell('Tuesday, February 28, 2023')).toBeTruthy());
    fireEvent.change(get('combobox', 'month'), { target: { value: '12' } });
    await waitFor(() => expect(cursor()).toBe(cell('Thursday, December 28, 2023')));
    fireEvent.click(get('button', 'January 2024'));
    await waitFor(() => expect(cursor()).toBe(cell('Sunday, January 28, 2024')));
  });

  it('an answer that is no day is shown as none', async () => {
    await open(date, at('25-12-2024') as never);
    expect(
      ui()
        .getAllByRole('gridcell')
        .filter((one) => one.getAttribute('aria-selected') === 'true'),
    ).toEqual([]);
  });
});

describe('a ranking', () => {
  const ranking = { type: 'ranking', choices: choices('Gold', 'Silver', 'Bronze') };
  const order = () =>
    ui()
      .getAllByRole('listitem')
      .map((item) => item.querySelector('.item')?.lastChild?.textContent);
  const item = (name: string) => get('button', name);
  const ranked = async (...names: string[]) => {
    for (const name of names) {
      fireEvent.click(item(name));
      await waitFor(() => expect(item(name).getAttribute('aria-pressed')).toBe('true'));
    }
  };

  it('is the order of clicks, as labels; a second click takes one out', async () => {
    await open(ranking);
    await ranked('Silver', 'Gold', 'Bronze');
    fireEvent.click(item('Silver'));
    await waitFor(() => expect(order()).toEqual(['Gold', 'Bronze', 'Silver']));
    expect(await sent()).toEqual(['Gold', 'Bronze']);
  });

  it('buttons move one, focus stays on them, and its place is said', async () => {
    await open(ranking);
    await ranked('Gold', 'Silver', 'Bronze');
    expect(get('button', 'Move up: Gold').getAttribute('aria-disabled')).toBe('true');
    const up = get('button', 'Move up: Bronze');
    up.focus();
    fireEvent.click(up);
    await waitFor(() => expect(order()).toEqual(['Gold', 'Bronze', 'Silver']));
    expect(focused()).toBe(get('button', 'Move up: Bronze'));
    await waitFor(() => expect(get('status').textContent).toBe('Bronze: 2 / 3'), { timeout: 3000 });
    fireEvent.click(get('button', 'Move down: Gold'));
    await waitFor(() => expect(order()).toEqual(['Bronze', 'Gold', 'Silver']));
    expect(await sent()).toEqual(['Bronze', 'Gold', 'Silver']);
  });

  it('arrow keys move one, and not beyond the ends', async () => {
    await open(ranking);
    await ranked('Gold', 'Silver');
    key(item('Silver'), 'ArrowUp');
    await waitFor(() => expect(order()).toEqual(['Silver', 'Gold', 'Bronze']));
    key(item('Silver'), 'ArrowUp');
    key(item('Gold'), 'ArrowDown');
    key(item('Bronze'), 'ArrowUp');
    await waitFor(() => expect(item('Bronze').getAttribute('aria-pressed')).toBe('true'));
    expect(await sent()).toEqual(['Silver', 'Gold', 'Bronze']);
  });

  it('stays with its empty form when everything is taken out', async () => {
    await open(ranking);
    await ranked('Gold');
    fireEvent.click(item('Gold'));
    await waitFor(() => expect(item('Gold').getAttribute('aria-pressed')).toBe('false'));
    expect(await sent()).toEqual([]);
  });
});

describe('a matrix', () => {
  const matrix = { type: 'matrix', rows: choices('Speed', 'Price'), columns: choices('Bad', 'Good') };
  const radio = (row: string, column: string) =>
    within(get('radiogroup', row)).getByRole('radio', { name: column }) as HTMLInputElement;
  const pick = async (row: string, column: string) => {
    fireEvent.click(radio(row, column));
    await waitFor(() => expect(radio(row, column).checked).toBe(true));
  };

  it('is labels by labels, answered rows only', async () => {
    await open(matrix);
    await pick('Price', 'Good');
    await pick('Price', 'Bad');
    expect(await sent()).toEqual({ Price: 'Bad' });
  });

  it('a second click clears a row of an optional one', async () => {
    await open(matrix);
    await pick('Speed', 'Good');
    fireEvent.click(radio('Speed', 'Good'));
    await waitFor(() => expect(radio('Speed', 'Good').checked).toBe(false));
    expect(await sent()).toEqual({});
  });

  it('a second click leaves a row of a required one', async () => {
    await open({ ...matrix, required: true });
    await pick('Speed', 'Good');
    fireEvent.click(radio('Speed', 'Good'));
    await pick('Price', 'Good');
    expect(await sent()).toEqual({ Speed: 'Good', Price: 'Good' });
  });
});

describe('pictures', () => {
  const pictures = (allowMulti: boolean) => ({
    type: 'pictureSelection',
    allowMulti,
    choices: [
      ['a', 'https://a.test/storage/e/public/two%20cats--fid--1.png'],
      ['b', 'https://a.test/the-sea_now.jpg?w=1'],
      ['c', 'https://a.test/%E0%A4%A.gif'],
      ['d', 'https://a.test/'],
    ].map(([id, imageUrl]) => ({ id, imageUrl })),
  });

  it('are named by their files', async () => {
    await open(pictures(true));
    expect(
      ui()
        .getAllByRole('img')
        .map((picture) => picture.getAttribute('alt')),
    ).toEqual(['two cats', 'the sea now', '%E0%A4%A', 'Option 4']);
  });

  it('one is a list of one id, and can’t be taken back', async () => {
    await open(pictures(false));
    const [first, second] = ui().getAllByRole('radio') as [HTMLInputElement, HTMLInputElement];
    fireEvent.click(first);
    await waitFor(() => expect(first.checked).toBe(true));
    fireEvent.click(second);
    await waitFor(() => expect(second.checked).toBe(true));
    fireEvent.click(second);
    expect(await sent()).toEqual(['b']);
  });

  it('several are ids in tick order', async () => {
    await open(pictures(true));
    const boxes = ui().getAllByRole('checkbox') as HTMLInputElement[];
    for (const at of [2, 0, 1, 0]) {
      const was = boxes[at]?.checked;
      fireEvent.click(boxes[at] as HTMLElement);
      await waitFor(() => expect(boxes[at]?.closest('label')?.className).toBe(was ? 'row' : 'row on'));
    }
    expect(await sent()).toEqual(['c', 'b']);
  });
});

describe('an address', () => {
  const line = (text: string, show = true, required = false) => ({
    show,
    required,
    placeholder: label(text),
  });
  const address = {
    type: 'address',
    addressLine1: line('Street'),
    addressLine2: line('More', false, true),
    city: line('City'),
    state: line('State', false),
    zip: line('Zip'),
    country: line('Country'),
  };
  const must = () =>
    ui()
      .getAllByRole('textbox')
      .map((box) => box.getAttribute('aria-required'));

  it('is six texts in order, hidden ones empty, with what browsers fill in', async () => {
    await open(address);
    expect(
      ui()
        .getAllByRole('textbox')
        .map((box) => box.getAttribute('autocomplete')),
    ).toEqual(['address-line1', 'address-level2', 'postal-code', 'country-name']);
    fireEvent.input(get('textbox', 'Zip'), { target: { value: '0150' } });
    await waitFor(() => expect((get('textbox', 'Zip') as HTMLInputElement).value).toBe('0150'));
    fireEvent.input(get('textbox', 'Street'), { target: { value: 'Main St' } });
    expect(await sent()).toEqual(['Main St', '', '', '', '0150', '']);
  });

  it.each<[string, object, (string | null)[]]>([
    ['no line is wanted', {}, ['false', 'false', 'false', 'false']],
    ['a required one wants all', { required: true }, ['true', 'true', 'true', 'true']],
    [
      'unless it says which',
      { required: true, city: line('City', true, true) },
      ['false', 'true', 'false', 'false'],
    ],
    ['one line alone may be wanted', { city: line('City', true, true) }, ['false', 'true', 'false', 'false']],
  ])('%s', async (_name, change, outcome) => {
    await open({ ...address, ...change });
    expect(must()).toEqual(outcome);
  });

  it('the line that is wrong is marked, and has the focus', async () => {
    const [firstName, email] = [line('First', true, true), line('Mail', true, true)];
    await open({ type: 'contactInfo', firstName, lastName: line('Last', false), email });
    const invalid = () =>
      ui()
        .getAllByRole('textbox')
        .map((box) => box.getAttribute('aria-invalid'));
    fireEvent.input(get('textbox', 'First'), { target: { value: 'Ada' } });
    await waitFor(() => expect((get('textbox', 'First') as HTMLInputElement).value).toBe('Ada'));
    fireEvent.input(get('textbox', 'Mail'), { target: { value: 'nobody' } });
    fireEvent.click(get('button', 'Next'));
    await waitFor(() => expect(focused()).toBe(get('textbox', 'Mail')));
    expect(invalid()).toEqual(['false', 'true']);
    expect(get('alert').textContent).toMatch(/^Mail: Please enter an email/);
  });

  it('contact details are five texts', async () => {
    const [firstName, email, phone] = [line('First'), line('Mail'), line('Phone')];
    await open({ type: 'contactInfo', firstName, lastName: line('Last', false), email, phone });
    expect(
      ui()
        .getAllByRole('textbox')
        .map((box) => box.getAttribute('inputmode')),
    ).toEqual([null, 'email', 'tel']);
    fireEvent.input(get('textbox', 'Mail'), { target: { value: 'a@b.co' } });
    expect(await sent()).toEqual(['', '', 'a@b.co', '', '']);
  });
});

describe('an appointment', () => {
  it.each([
    [undefined, 'https://cal.com/ada/30min'],
    ['cal.example.org', 'https://cal.example.org/ada/30min'],
    ['https://cal.example.org/', 'https://cal.example.org/ada/30min'],
  ])('at %s is made on %s, and told by a button', async (calHost, href) => {
    await open({ type: 'cal', calUserName: 'ada/30min', calHost });
    expect((get('link') as HTMLAnchorElement).href).toBe(href);
    fireEvent.click(get('button', 'I have booked'));
    expect(await sent()).toBe('booked');
  });

  it('taken back it stays with its empty form', async () => {
    await open({ type: 'cal', calUserName: 'ada' });
    for (const isPressed of ['true', 'false']) {
      fireEvent.click(get('button', 'I have booked'));
      await waitFor(() =>
        expect(get('button', 'I have booked').getAttribute('aria-pressed')).toBe(isPressed),
      );
    }
    expect(await sent()).toBe('');
  });
});

describe('files', () => {
  const files = {
    type: 'fileUpload',
    allowMultipleFiles: true,
    allowedFileExtensions: ['png', 'pdf'],
    maxSizeInMB: 1,
  };
  const file = (name: string, size = 3) => new File(['x'.repeat(size)], name);
  const choose = (...list: File[]) => {
    const input = host.shadowRoot?.querySelector('input') as HTMLInputElement;
    Object.defineProperty(input, 'files', { value: list, configurable: true });
    fireEvent.change(input);
  };
  const remove = (name: string) => ui().findByRole('button', { name: `Remove: ${name}` });
  /** A server that answers when told to. */
  const slow = () => {
    const answers: Parameters<ConstructorParameters<typeof Promise<Awaited<ReturnType<Upload>>>>[0]>[0][] =
      [];
    const upload = vi.fn<Upload>(() => new Promise((resolve) => answers.push(resolve)));
    return { upload, answers };
  };

  it('are addresses in the order in which they arrived', async () => {
    const { upload, answers } = slow();
    await open(files, { upload });
    choose(file('a.png'), file('b.pdf'));
    await remove('b.pdf');
    answers[1]?.({ url: '/storage/b' });
    answers[0]?.({ url: '/storage/a' });
    await waitFor(() => expect(ui().queryAllByRole('progressbar', { name: /png|pdf/ })).toEqual([]));
    expect(await sent()).toEqual(['/storage/b', '/storage/a']);
  });

  it('the card waits for what is under way, and shows how far it is', async () => {
    const { upload, answers } = slow();
    await open(files, { upload });
    choose(file('a.png'));
    const bar = (await ui().findByRole('progressbar', { name: 'a.png' })) as HTMLProgressElement;
    upload.mock.lastCall?.[0].onProgress(0.5);
    await waitFor(() => expect(bar.value).toBe(0.5));
    fireEvent.click(get('button', 'Next'));
    await Promise.resolve();
    expect(onStep).not.toHaveBeenCalled();
    answers[0]?.({ url: '/storage/a' });
    await waitFor(() => expect(onStep.mock.lastCall?.[0].data).toEqual({ q: ['/storage/a'] }));
  });

  it('what is under way stops once the survey has left the screen, and not before', async () => {
    const { upload } = slow();
    const view = await open(files, { upload, onClose: () => host.remove() });
    choose(file('a.png'));
    await remove('a.png');
    const { onProgress, signal } = upload.mock.lastCall?.[0] ?? {};
    onProgress?.(0.25);
    expect(signal?.aborted).toBe(false);
    view.close('dismissed');
    onProgress?.(0.5);
    expect(signal?.aborted).toBe(true);
  });

  it('what failed keeps the card, may be tried again, or taken out', async () => {
    const { upload, answers } = slow();
    await open(files, { upload });
    choose(file('a.png'));
    await remove('a.png');
    answers[0]?.({ problem: 'upload_failed' });
    const retry = await ui().findByRole('button', { name: 'Try again' });
    expect(get('alert').textContent).toBe('This file could not be sent');
    fireEvent.click(get('button', 'Next'));
    await waitFor(() => expect(focused()).toBe(retry));
    expect(onStep).not.toHaveBeenCalled();
    fireEvent.click(retry);
    await waitFor(() => expect(upload).toHaveBeenCalledTimes(2));
    answers[1]?.({ url: '/storage/a' });
    await waitFor(() => expect(ui().queryByRole('button', { name: 'Try again' })).toBeNull());
    expect(await sent()).toEqual(['/storage/a']);
  });

  it('one that is taken back is cancelled, and counts no more', async () => {
    const { upload, answers } = slow();
    await open(files, { upload });
    choose(file('a.png'));
    fireEvent.click(await remove('a.png'));
    expect(upload.mock.lastCall?.[0].signal.aborted).toBe(true);
    answers[0]?.({ url: '/storage/a' });
    await waitFor(() => expect(ui().queryAllByRole('listitem')).toEqual([]));
    expect(await sent()).toBeUndefined();
  });

  it('one that has arrived can be taken out again', async () => {
    await open(files, { upload: async () => ({ url: '/storage/x/my%20cat--fid--1-2.png' }) });
    choose(file('my cat.png'));
    await waitFor(() => expect(ui().queryByRole('progressbar', { name: 'my cat.png' })).toBeNull());
    fireEvent.click(await remove('my cat.png'));
    await waitFor(() => expect(ui().queryAllByRole('listitem')).toEqual([]));
    expect(await sent()).toEqual([]);
  });

  it.each<[string, File[], string]>([
    ['of another type', [file('a.exe')], 'a.exe: Files of this type cannot be taken'],
    ['too large', [file('a.png', 1024 * 1024 + 1)], 'a.png: Larger than 1 MB'],
    ['of the same name', [file('a.png'), file('A.PNG')], 'A.PNG: A file of this name is there already'],
    ['too many', Array.from({ length: 26 }, (_, n) => file(`${n}.png`)), 'At most 25 files'],
  ])('%s is told at once', async (_name, list, message) => {
    await open(files, { upload: async () => ({ url: '/storage/x' }) });
    choose(...list);
    await waitFor(() => expect(get('alert').textContent).toBe(message));
  });

  it('one alone makes the way to more disappear', async () => {
    const input = () => host.shadowRoot?.querySelector('input');
    await open({ ...files, allowMultipleFiles: false }, { upload: async () => ({ url: '/storage/a.png' }) });
    choose(file('a.png'));
    await remove('a.png');
    await waitFor(() => expect(ui().queryByRole('progressbar', { name: 'a.png' })).toBeNull());
    expect(input()).toBeNull();
    fireEvent.click(await remove('a.png'));
    await waitFor(() => expect(input()).not.toBeNull());
  });

  it('without a server the file itself is the answer', async () => {
    await open(files);
    choose(file('a.png'));
    await waitFor(() => expect(ui().queryByRole('progressbar', { name: 'a.png' })).toBeNull());
    expect(await sent()).toEqual([expect.stringMatching(/^data:.*;base64,eHh4$/)]);
  });
});
