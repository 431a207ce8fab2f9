import { fireEvent, waitFor, within } from '@testing-library/preact';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { SurveyElement } from '../../src/core/survey/document.ts';
import type { OpenSurvey, SurveyView } from '../../src/ui/contract.ts';
import { openSurvey, prepare } from '../../src/ui/index.tsx';
import { block, settings, survey } from '../core/survey/sample.ts';

const headline = { default: 'Headline' };
/** The host of the survey under test. */
export let host: HTMLElement;
/** Receives each submitted card. */
export let onStep: ReturnType<typeof vi.fn<SurveyView['onStep']>>;

beforeEach(() => {
  host = document.createElement('inkling-survey');
  const status = document.createElement('div');
  host.attachShadow({ mode: 'open' }).append(status);
  document.body.append(host);
  onStep = vi.fn(async () => undefined);
});

/** The surveys of this test: an open one puts its host back on the page. */
let opened: OpenSurvey[] = [];

afterEach(() => {
  for (const { close } of opened) close('destroyed');
  opened = [];
  vi.useRealTimers();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

/** A text in one language. */
export function label(text: string): { default: string } {
  return { default: text };
}

/** Choices with these labels; their ids are the labels in lower case. */
export function choices(...names: string[]): { id: string; label: { default: string } }[] {
  return names.map((name) => ({ id: name.toLowerCase(), label: label(name) }));
}

/** Opens a survey of one element with the id `q`, optional by default, and an empty second card. */
export async function open(element: object, more: Partial<SurveyView> = {}): Promise<OpenSurvey> {
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
  opened.push(view);
  view.show();
  return view;
}

/** Queries of the survey's shadow root. */
export const ui = () => within(host.shadowRoot as unknown as HTMLElement);

/** The element of a role and name. */
export const get = (role: string, name?: string | RegExp) =>
  ui().getByRole(role, name === undefined ? {} : { name });

/** Presses a key on a control; false when the default was prevented. */
export const key = (control: Element, name: string, more = {}) =>
  fireEvent.keyDown(control, { key: name, ...more });

/** The element that has the focus in the survey. */
export const focused = () => host.shadowRoot?.activeElement;

/** Submits the card, and returns the answer that is sent. */
export async function sent(): Promise<unknown> {
  fireEvent.click(get('button', 'Next'));
  await waitFor(() => expect(onStep).toHaveBeenCalled());
  return onStep.mock.lastCall?.[0].data.q;
}
