import { fireEvent, waitFor, within } from '@testing-library/preact';
import { describe, expect, it } from 'vitest';
import { choices, get, open, sent } from '../support.ts';

describe('a matrix', () => {
  const matrix = { type: 'matrix', rows: choices('Speed', 'Price'), columns: choices('Bad', 'Good') };
  const radio = (row: string, column: string) =>
    within(get('radiogroup', row)).getByRole('radio', { name: column }) as HTMLInputElement;
  const pick = async (row: string, column: string) => {
    fireEvent.click(radio(row, column));
    await waitFor(() => expect(radio(row, column).checked).toBe(true));
  };

  it('the answer is column labels by row labels, answered rows only', async () => {
    await open(matrix);
    await pick('Price', 'Good');
    await pick('Price', 'Bad');
    expect(await sent()).toEqual({ Price: 'Bad' });
  });

  it('a second click clears a row of an optional matrix', async () => {
    await open(matrix);
    await pick('Speed', 'Good');
    fireEvent.click(radio('Speed', 'Good'));
    await waitFor(() => expect(radio('Speed', 'Good').checked).toBe(false));
    expect(await sent()).toEqual({});
  });

  it('a second click keeps a row of a required matrix', async () => {
    await open({ ...matrix, required: true });
    await pick('Speed', 'Good');
    fireEvent.click(radio('Speed', 'Good'));
    await pick('Price', 'Good');
    expect(await sent()).toEqual({ Speed: 'Good', Price: 'Good' });
  });
});
