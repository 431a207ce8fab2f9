import { fireEvent, waitFor } from '@testing-library/preact';
import { describe, expect, it } from 'vitest';
import { focused, get, key, open, sent, ui } from '../support.ts';

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
  ])('%s moves to %s', async (pressed, name, more) => {
    await open(date, at('2024-02-29') as never);
    expect(key(cell('Thursday, February 29, 2024'), pressed, more)).toBe(false);
    await waitFor(() => expect(focused()).toBe(cell(name)));
    expect(cursor()).toBe(cell(name));
    expect(await sent()).toBe('2024-02-29');
  });

  it('the answer is the selected day, in every language', async () => {
    await open(date, { ...at('2024-02-29'), locale: 'de-DE' } as never);
    expect(get('columnheader', 'Montag')).toBe(ui().getAllByRole('columnheader')[0]);
    fireEvent.click(cell('Sonntag, 4. Februar 2024'));
    await waitFor(() => expect(cell('Sonntag, 4. Februar 2024').getAttribute('aria-selected')).toBe('true'));
    expect(await sent()).toBe('2024-02-04');
  });

  it.each([
    [false, ''],
    [true, '2024-02-29'],
  ])('a second click on the day, required: %s, gives "%s"', async (required, outcome) => {
    await open({ ...date, required }, at('2024-02-29') as never);
    fireEvent.click(cell('Thursday, February 29, 2024'));
    expect(await sent()).toBe(outcome);
  });

  it('month and year can be chosen from lists', async () => {
    await open(date, at('2024-02-29') as never);
    fireEvent.change(get('combobox', 'year'), { target: { value: '2023' } });
    await waitFor(() => expect(cell('Tuesday, February 28, 2023')).toBeTruthy());
    fireEvent.change(get('combobox', 'month'), { target: { value: '12' } });
    await waitFor(() => expect(cursor()).toBe(cell('Thursday, December 28, 2023')));
    fireEvent.click(get('button', 'January 2024'));
    await waitFor(() => expect(cursor()).toBe(cell('Sunday, January 28, 2024')));
  });

  it('an answer that is no valid date is shown as no answer', async () => {
    await open(date, at('25-12-2024') as never);
    expect(
      ui()
        .getAllByRole('gridcell')
        .filter((one) => one.getAttribute('aria-selected') === 'true'),
    ).toEqual([]);
  });
});
