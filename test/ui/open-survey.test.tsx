import { fireEvent, waitFor, within } from '@testing-library/preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Settings, Survey } from '../../src/core/survey/document.ts';
import type { OpenSurvey, SurveyView } from '../../src/ui/contract.ts';
import { openSurvey, prepare } from '../../src/ui/index.tsx';
import {
  block,
  consent,
  cta,
  multi,
  nps,
  openText,
  rating,
  settings,
  single,
  survey,
} from '../core/survey/sample.ts';

const required = { required: true };
const endings = [{ id: 'e1', type: 'endScreen' as const, headline: { default: 'Thanks' } }];
let host: HTMLElement;
let onStep: ReturnType<typeof vi.fn<SurveyView['onStep']>>;
let onClose: ReturnType<typeof vi.fn<SurveyView['onClose']>>;

beforeEach(() => {
  host = document.createElement('inkling-survey');
  const status = document.createElement('div');
  status.setAttribute('role', 'status');
  host.attachShadow({ mode: 'open' }).append(status);
  document.body.append(host);
  onStep = vi.fn(async () => undefined);
  onClose = vi.fn();
});

/** The surveys of this test: an open one puts its host back on the page. */
let opened: OpenSurvey[] = [];

afterEach(() => {
  for (const { close } of opened) close('destroyed');
  opened = [];
  vi.useRealTimers();
  document.body.replaceChildren();
});

const open = (
  document: Partial<Survey>,
  environment: Partial<Settings> = {},
  more: Partial<SurveyView> = {},
) => {
  const view = openSurvey({
    host,
    survey: survey({ endings, ...document }),
    settings: settings(environment),
    features: {},
    language: 'default',
    locale: undefined,
    progress: undefined,
    hiddenFields: {},
    onStep,
    onClose,
    ...more,
  });
  opened.push(view);
  view.show();
  return view;
};

/** Opens a survey after `prepare`, for those that need more than the first chunk. */
const openMore = async (...given: Parameters<typeof open>) => {
  const [document, environment, more] = given;
  const features = await prepare(survey({ endings, ...document }), undefined, settings(environment));
  return open(document, environment, { features, ...more });
};

const ui = () => within(host.shadowRoot as unknown as HTMLElement);
const get = (role: string, name?: string) => ui().getByRole(role, name === undefined ? {} : { name });
const find = (role: string, name: string) => ui().findByRole(role, { name });
const queryAlert = () => ui().queryByRole('alert');
const submit = (name = 'Finish') => fireEvent.click(get('button', name));
const lastStep = () => onStep.mock.lastCall?.[0];
const type = (name: string, value: string) => fireEvent.input(get('textbox', name), { target: { value } });

describe('the dialog', () => {
  it('is named by the headline of its first element and has a close button, progress and branding', () => {
    open({ blocks: [block('b', [nps()]), block('c', [openText()])] }, { inAppSurveyBranding: true });
    expect(get('dialog', 'Headline')).toBeTruthy();
    expect(get('button', 'Close survey')).toBeTruthy();
    expect(get('progressbar').getAttribute('aria-valuenow')).toBe('33');
    expect(ui().getByText('Powered by')).toBeTruthy();
  });

  it.each([
    ['no branding', {}, 'Powered by'],
    ['no bar', { styling: { hideProgressBar: true } }, 'progressbar'],
  ])('has %s when the settings say so', (_name, environment, what) => {
    open({ blocks: [block('b', [nps()])] }, environment);
    expect(what === 'progressbar' ? ui().queryByRole(what) : ui().queryByText(what)).toBeNull();
  });

  it('is announced shortly after it opened, and does not take focus', async () => {
    const field = document.createElement('input');
    document.body.append(field);
    field.focus();
    await openMore({ blocks: [block('b', [openText()])], autoClose: 20 });
    expect(get('status').textContent).toBe('');
    await waitFor(() => expect(get('status').textContent).toContain('Headline. It closes by itself in 20'));
    expect(document.activeElement).toBe(field);
  });

  it.each([
    ['ar-EG', 'rtl'],
    ['de-DE', 'ltr'],
  ])('the direction of %s is %s', (locale, direction) => {
    open({ blocks: [block('b', [nps()])] }, {}, { locale });
    expect([get('dialog').dir, get('dialog').lang]).toEqual([direction, locale]);
  });

  it('does not let key events reach the page', () => {
    const heard = vi.fn();
    document.addEventListener('keydown', heard);
    open({ blocks: [block('b', [openText()])] });
    fireEvent.keyDown(get('textbox'), { key: 'k' });
    document.removeEventListener('keydown', heard);
    expect(heard).not.toHaveBeenCalled();
  });
});

describe('closing', () => {
  it.each<[string, () => void, string]>([
    ['the close button', () => fireEvent.click(get('button', 'Close survey')), 'dismissed'],
    ['Escape inside', () => fireEvent.keyDown(get('textbox'), { key: 'Escape' }), 'escape'],
  ])('%s', (_name, act, reason) => {
    open({ blocks: [block('b', [openText()])] });
    act();
    expect(onClose.mock.calls).toEqual([[reason]]);
    expect(ui().queryByRole('dialog')).toBeNull();
  });

  it('happens once', () => {
    const view = open({ blocks: [block('b', [openText()])] });
    view.close('logout');
    view.close('replaced');
    expect(onClose.mock.calls).toEqual([['logout']]);
  });

  it('a document that cannot be drawn closes itself instead of throwing', async () => {
    await openMore({ blocks: [block('b', [{ ...single(), choices: undefined } as never])] });
    await waitFor(() => expect(onClose.mock.calls).toEqual([['destroyed']]));
  });

  it('a host without a shadow root closes at once', () => {
    open({ blocks: [block('b', [nps()])] }, {}, { host: document.createElement('div') });
    expect(onClose.mock.calls).toEqual([['destroyed']]);
  });

  it.each([
    ['it is not used', false, [['timeout']]],
    ['it was used', true, []],
  ])('by itself after the time when %s', async (_name, isUsed, calls) => {
    vi.useFakeTimers();
    await openMore({ blocks: [block('b', [openText()])], autoClose: 5 });
    await vi.advanceTimersByTimeAsync(1000);
    if (isUsed) fireEvent.pointerDown(get('textbox'));
    await vi.advanceTimersByTimeAsync(5000);
    expect(onClose.mock.calls).toEqual(calls);
  });

  it('the first use removes the bar of the time that is left', async () => {
    await openMore({ blocks: [block('b', [openText()])], autoClose: 5 });
    const bar = () => host.shadowRoot?.querySelector('.time');
    expect(bar()).not.toBeNull();
    fireEvent.pointerDown(get('textbox'));
    await waitFor(() => expect(bar()).toBeNull());
  });

  it('a survey that continues at a later card stays open', async () => {
    vi.useFakeTimers();
    const progress = {
      card: 'c',
      trail: ['b'],
      answers: {},
      ttc: {},
      variables: {},
      finished: false,
      endingId: null,
    };
    await openMore(
      { blocks: [block('b', [openText()]), block('c', [nps()])], autoClose: 5 },
      {},
      { progress },
    );
    await vi.advanceTimersByTimeAsync(9000);
    expect(onClose).not.toHaveBeenCalled();
  });

  it('only the first card closes by itself', async () => {
    vi.useFakeTimers();
    await openMore({ blocks: [block('b', [openText()]), block('c', [nps()])], autoClose: 5 });
    submit('Next');
    await vi.advanceTimersByTimeAsync(9000);
    expect(onClose).not.toHaveBeenCalled();
  });
});

describe('elements', () => {
  it.each([
    ['text', undefined],
    ['email', 'email'],
    ['url', 'url'],
    ['number', 'decimal'],
    ['phone', 'tel'],
  ] as const)('%s is a textbox with the keyboard %s', async (inputType, keyboard) => {
    await openMore({ blocks: [block('b', [openText({ inputType })])] });
    const field = get('textbox', 'Headline') as HTMLInputElement;
    expect(field.getAttribute('inputmode') ?? undefined).toBe(keyboard);
    expect(field.getAttribute('type')).toBeNull();
  });

  it('long text is a text area with a counter', async () => {
    await openMore({ blocks: [block('b', [openText({ longAnswer: true, charLimit: { max: 5 } })])] });
    expect(get('textbox').tagName).toBe('TEXTAREA');
    type('Headline', 'abc');
    await waitFor(() => expect(ui().getByText('3/5')).toBeTruthy());
  });

  it('nps is eleven radios named by their number', async () => {
    open({ blocks: [block('b', [nps()])] });
    const group = within(get('radiogroup', 'Headline'));
    expect(group.getAllByRole('radio').map((radio) => radio.getAttribute('aria-label'))).toEqual(
      Array.from({ length: 11 }, (_, score) => `${score}`),
    );
    fireEvent.click(get('radio', '0'));
    submit();
    await waitFor(() => expect(lastStep()?.data).toEqual({ nps: 0 }));
  });

  it.each(['star', 'smiley', 'number'] as const)('a rating of %ss answers with its number', async (scale) => {
    open({ blocks: [block('b', [rating({ scale, range: 7 })])] });
    expect(ui().getAllByRole('radio')).toHaveLength(7);
    fireEvent.click(get('radio', '3'));
    await waitFor(() => expect((get('radio', '3') as HTMLInputElement).checked).toBe(true));
    submit();
    await waitFor(() => expect(lastStep()?.data).toEqual({ rating: 3 }));
  });

  it('a second click deselects an optional single choice', async () => {
    await openMore({ blocks: [block('b', [single()])] });
    const radio = get('radio', 'A') as HTMLInputElement;
    fireEvent.click(radio);
    await waitFor(() => expect(radio.closest('label')?.className).toBe('row on'));
    fireEvent.click(radio);
    await waitFor(() => expect(radio.closest('label')?.className).toBe('row'));
    submit();
    await waitFor(() => expect(lastStep()).toMatchObject({ data: {}, elementIds: [] }));
  });

  it('other reveals a focused text box of the same name, which is required', async () => {
    await openMore({ blocks: [block('b', [single()])] });
    fireEvent.click(get('radio', 'OTHER'));
    const box = await find('textbox', 'OTHER');
    await waitFor(() => expect(host.shadowRoot?.activeElement).toBe(box));
    submit();
    await waitFor(() => expect(queryAlert()).not.toBeNull());
    type('OTHER', 'Teal');
    submit();
    await waitFor(() => expect(lastStep()?.data).toEqual({ single: 'Teal' }));
  });

  it('several choices keep the order of selection, none excludes the others', async () => {
    await openMore({ blocks: [block('b', [multi()])] });
    const tick = (name: string) => fireEvent.click(get('checkbox', name));
    const isTicked = (name: string) => (get('checkbox', name) as HTMLInputElement).checked;
    expect(get('group', 'Headline')).toBeTruthy();
    tick('B');
    await waitFor(() => expect(isTicked('B')).toBe(true));
    tick('NONE');
    await waitFor(() => expect([isTicked('B'), isTicked('NONE')]).toEqual([false, true]));
    tick('B');
    await waitFor(() => expect([isTicked('B'), isTicked('NONE')]).toEqual([true, false]));
    tick('A');
    await waitFor(() => expect(isTicked('A')).toBe(true));
    submit();
    await waitFor(() => expect(lastStep()?.data).toEqual({ multi: ['B', 'A'] }));
  });

  it('consent is a labelled checkbox, and an empty answer once unchecked', async () => {
    await openMore({ blocks: [block('b', [consent()])] });
    const box = get('checkbox', 'I agree') as HTMLInputElement;
    fireEvent.click(box);
    await waitFor(() => expect(box.checked).toBe(true));
    fireEvent.click(box);
    await waitFor(() => expect(box.checked).toBe(false));
    submit();
    await waitFor(() => expect(lastStep()?.data).toEqual({ consent: '' }));
  });

  const link = { buttonExternal: true, ctaButtonLabel: { default: 'Join' } };
  it('a statement has an external link, and a click on it is the answer', async () => {
    await openMore({ blocks: [block('b', [cta({ ...link, buttonUrl: 'https://example.org/' })])] });
    const anchor = get('link', 'Join') as HTMLAnchorElement;
    expect([anchor.target, anchor.rel, anchor.href]).toEqual([
      '_blank',
      'noopener noreferrer',
      'https://example.org/',
    ]);
    anchor.addEventListener('click', (event) => event.preventDefault());
    fireEvent.click(anchor);
    submit();
    await waitFor(() => expect(lastStep()?.data).toEqual({ cta: 'clicked' }));
  });

  it.each([
    ['an unsafe address', { ...link, buttonUrl: 'javascript:alert(1)' }],
    ['no external button', { ...link, buttonExternal: false, buttonUrl: 'https://example.org' }],
  ])('a statement with %s has no link', async (_name, more) => {
    await openMore({ blocks: [block('b', [cta(more)])] });
    expect(ui().queryByRole('link')).toBeNull();
  });
});

describe('cards', () => {
  const two = { blocks: [block('b1', [nps(required)]), block('b2', [openText()])] };

  it('shows an error that describes the focused control, until the next answer', async () => {
    await openMore({ blocks: [block('b', [openText({ ...required, inputType: 'email' })])] });
    submit();
    const alert = await ui().findByRole('alert');
    const field = get('textbox');
    expect(field.getAttribute('aria-describedby')?.split(' ')).toContain(alert.id);
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(host.shadowRoot?.activeElement).toBe(field);
    expect(onStep).not.toHaveBeenCalled();
    type('Headline', 'a@b.co');
    await waitFor(() => expect(queryAlert()).toBeNull());
  });

  it('goes to the next card only when the step has settled, and handles one click at a time', async () => {
    let settle = () => {};
    onStep.mockImplementation(() => new Promise((resolve) => (settle = resolve)));
    open(two);
    fireEvent.click(get('radio', '9'));
    await waitFor(() => expect((get('radio', '9') as HTMLInputElement).checked).toBe(true));
    submit('Next');
    submit('Next');
    expect(onStep).toHaveBeenCalledTimes(1);
    expect(lastStep()).toMatchObject({
      progress: { card: 'b2', finished: false, answers: { nps: 9 } },
      data: { nps: 9 },
      elementIds: ['nps'],
    });
    expect(ui().queryByRole('textbox')).toBeNull();
    settle();
    await find('textbox', 'Headline');
  });

  it('goes to the next card when the step fails', async () => {
    onStep.mockRejectedValue(new Error('full'));
    open({ blocks: [block('b1', [openText()]), block('b2', [nps()])] });
    submit('Next');
    await find('radio', '7');
  });

  it('focuses the first control of the next card', async () => {
    open(two);
    fireEvent.click(get('radio', '9'));
    await waitFor(() => expect((get('radio', '9') as HTMLInputElement).checked).toBe(true));
    submit('Next');
    const field = await find('textbox', 'Headline');
    await waitFor(() => expect(host.shadowRoot?.activeElement).toBe(field));
  });

  it('going back keeps everything that was typed', async () => {
    open({ blocks: [block('b1', [openText()]), block('b2', [openText({ id: 'two' })])] });
    type('Headline', 'one');
    submit('Next');
    await find('button', 'Back');
    type('Headline', 'draft');
    fireEvent.click(get('button', 'Back'));
    await waitFor(() => expect((get('textbox') as HTMLInputElement).value).toBe('one'));
    submit('Next');
    await find('button', 'Back');
    expect((get('textbox') as HTMLInputElement).value).toBe('draft');
  });

  it.each([
    ['on the first card', two, 'Back'],
    ['when hidden', { ...two, isBackButtonHidden: true }, 'Back'],
  ])('has no Back button %s', (_name, document, name) => {
    open(document);
    expect(ui().queryByRole('button', { name })).toBeNull();
  });

  it('the submit button is first in the document', async () => {
    open({ blocks: [block('b1', [openText()]), block('b2', [nps()])] });
    submit('Next');
    await find('button', 'Back');
    expect(
      ui()
        .getAllByRole('button')
        .map((button) => button.textContent || 'x'),
    ).toEqual(['Finish', 'Back', 'x']);
  });

  it.each([
    ['ctrlKey', true],
    ['metaKey', true],
    ['altKey', false],
  ])('Enter with %s submits: %s', async (modifier, isSent) => {
    open({ blocks: [block('b', [openText({ longAnswer: true })])] });
    fireEvent.keyDown(get('textbox'), { key: 'Enter', [modifier]: true });
    await Promise.resolve();
    expect(onStep).toHaveBeenCalledTimes(isSent ? 1 : 0);
  });

  it('begins with the welcome card', async () => {
    const welcomeCard = { enabled: true, headline: { default: 'Hello' }, buttonLabel: { default: 'Go' } };
    await openMore({ ...two, welcomeCard });
    expect(get('dialog', 'Hello')).toBeTruthy();
    expect(get('progressbar').getAttribute('aria-valuenow')).toBe('0');
    submit('Go');
    await find('radio', '3');
    expect(lastStep()).toMatchObject({ data: { welcomeCard: 'clicked' }, elementIds: ['welcomeCard'] });
    expect(ui().queryByRole('button', { name: 'Back' })).toBeNull();
  });

  it('continues at the stored card, with the stored answers', () => {
    const progress = {
      card: 'b2',
      trail: ['b1'],
      answers: { nps: 3, text: 'so far' },
      ttc: {},
      variables: {},
      finished: false,
      endingId: null,
    };
    open(two, {}, { progress });
    expect((get('textbox') as HTMLInputElement).value).toBe('so far');
    expect(get('button', 'Back')).toBeTruthy();
  });

  it('draws legacy questions', async () => {
    await openMore({ questions: [nps(), openText()] });
    fireEvent.click(get('radio', '5'));
    submit('Next');
    await find('textbox', 'Headline');
    expect(lastStep()?.data).toEqual({ nps: 5 });
  });

  it('measures the time of each element once', async () => {
    const now = vi.spyOn(performance, 'now');
    now.mockReturnValue(1000);
    open({ blocks: [block('b', [nps(), openText()])] });
    now.mockReturnValue(1300);
    type('Headline', 'x');
    now.mockReturnValue(1700);
    submit();
    now.mockRestore();
    await waitFor(() => expect(lastStep()?.progress.ttc).toEqual({ nps: 300, text: 400 }));
  });
});

it('adds the time of a second visit to a card, without counting any time twice', async () => {
  const now = vi.spyOn(performance, 'now');
  now.mockReturnValue(0);
  open({ blocks: [block('b1', [openText()]), block('b2', [nps()])] });
  now.mockReturnValue(100);
  submit('Next');
  await find('button', 'Back');
  now.mockReturnValue(130);
  fireEvent.click(get('button', 'Back'));
  await find('textbox', 'Headline');
  now.mockReturnValue(180);
  submit('Next');
  await find('button', 'Back');
  now.mockRestore();
  expect(lastStep()?.progress.ttc).toEqual({ text: 150 });
});

describe('endings', () => {
  const finish = async (change: Partial<Survey> = {}) => {
    const document = { endings, blocks: [block('b', [openText()])], ...change };
    const features = await prepare(survey(document));
    vi.useFakeTimers();
    open(document, {}, { features });
    submit();
    await vi.advanceTimersByTimeAsync(50);
  };

  it('an ending is shown with full progress, and closes after three seconds', async () => {
    await finish();
    expect(get('dialog', 'Thanks')).toBeTruthy();
    expect(get('progressbar').getAttribute('aria-valuenow')).toBe('100');
    await vi.advanceTimersByTimeAsync(2900);
    expect(onClose).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(200);
    expect(onClose.mock.calls).toEqual([['finished']]);
  });

  it('stays while the pointer moves over it, and closes after the pointer has left', async () => {
    await finish();
    fireEvent.pointerMove(get('dialog'));
    await vi.advanceTimersByTimeAsync(9000);
    expect(onClose).not.toHaveBeenCalled();
    fireEvent.pointerLeave(get('dialog'));
    await vi.advanceTimersByTimeAsync(3100);
    expect(onClose.mock.calls).toEqual([['finished']]);
  });

  it('stays while focus is inside', async () => {
    await finish();
    get('button', 'Close survey').focus();
    await vi.advanceTimersByTimeAsync(9000);
    expect(onClose).not.toHaveBeenCalled();
  });

  it('without endings it closes at once', async () => {
    await finish({ endings: [] });
    expect(onClose.mock.calls).toEqual([['finished']]);
    expect(lastStep()?.progress).toMatchObject({ card: 'end', finished: true, endingId: null });
  });

  it.each([
    ['https://example.org/', 1],
    ['javascript:alert(1)', 0],
  ])('an ending link to %s is drawn %i times', async (buttonLink, count) => {
    await finish({ endings: [{ ...endings[0], buttonLink, buttonLabel: { default: 'Home' } } as never] });
    expect(ui().queryAllByRole('link', { name: 'Home' })).toHaveLength(count);
  });

  it.each([
    ['https://example.org/done', 1],
    ['javascript:alert(1)', 0],
  ])('a redirect to %s happens %i times, after the step', async (url, count) => {
    const assign = vi.spyOn(location, 'assign').mockImplementation(() => expect(onStep).toHaveBeenCalled());
    await finish({ endings: [{ id: 'e', type: 'redirectToUrl', url }] });
    expect(assign.mock.calls).toEqual(count ? [[url]] : []);
    expect(onClose.mock.calls).toEqual([['finished']]);
    assign.mockRestore();
  });
});
