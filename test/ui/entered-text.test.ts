import { fireEvent } from '@testing-library/preact';
import { expect, it } from 'vitest';
import { MAX_ANSWER_BYTES, MAX_ENTERED_CHARS } from '../../src/core/limits.ts';
import { choices, get, label, onStep, open, sent } from './support.ts';

const fieldOf = (name: string): HTMLInputElement => get('textbox', name) as HTMLInputElement;
/** The character that needs most bytes for each that JavaScript counts. */
const WIDE = '语';

it('of one field is bounded by the field itself, so that a paste is cut where the visitor sees it', async () => {
  for (const longAnswer of [true, false]) {
    const view = await open({ type: 'openText', longAnswer });
    expect(fieldOf('Headline').maxLength).toBeGreaterThan(5_000);
    expect(fieldOf('Headline').maxLength * 3).toBeLessThan(MAX_ANSWER_BYTES / 2);
    view.close('dismissed');
  }
});

it.each([
  [
    'address',
    {
      ...{ type: 'address', addressLine1: { show: true, placeholder: label('Street') } },
      ...{
        city: { show: true, placeholder: label('Town') },
        zip: { show: true, placeholder: label('Code') },
      },
    },
    ['Street', 'Town', 'Code'],
  ],
  ['other', { type: 'multipleChoiceSingle', choices: choices('Red', 'Other') }, ['Other']],
])('of all fields of %s fits in what the server takes', async (_name, element, names) => {
  await open(element);
  if (element.type === 'multipleChoiceSingle') fireEvent.click(get('radio', 'Other'));
  for (const name of names) {
    const field = fieldOf(name);
    // What is accepted piece by piece stays; what would be too much is not taken.
    for (let length = 10_000; length <= 200_000; length += 10_000) {
      fireEvent.input(field, { target: { value: WIDE.repeat(length) } });
      expect(fieldOf(name).value.length).toBeLessThanOrEqual(MAX_ENTERED_CHARS);
    }
  }
  const answer = await sent();
  expect(Buffer.byteLength(JSON.stringify(answer))).toBeGreaterThan(20_000);
  expect(Buffer.byteLength(JSON.stringify(onStep.mock.lastCall?.[0].data))).toBeLessThan(
    MAX_ANSWER_BYTES * 0.8,
  );
});
