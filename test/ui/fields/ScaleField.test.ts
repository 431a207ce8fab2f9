import { fireEvent, waitFor } from '@testing-library/preact';
import { describe, expect, it } from 'vitest';
import { focused, get, key, open, sent } from '../support.ts';

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
  ])('%s moves focus from %s to %s and selects nothing', async (pressed, from, to) => {
    await open(rating);
    get('radio', from).focus();
    expect(key(get('radio', from), pressed)).toBe(false);
    expect(focused()).toBe(get('radio', to));
    expect(await sent()).toBeUndefined();
  });

  it('ArrowLeft moves forward in right-to-left text', async () => {
    await open(rating);
    get('radiogroup').style.direction = 'rtl';
    get('radio', '1').style.direction = 'rtl';
    key(get('radio', '1'), 'ArrowLeft');
    expect(focused()).toBe(get('radio', '2'));
  });

  it('Enter selects, and submits the card once something is selected', async () => {
    await open(rating);
    expect(key(get('radio', '4'), 'Enter')).toBe(false);
    await waitFor(() => expect((get('radio', '4') as HTMLInputElement).checked).toBe(true));
    // The browser submits the form.
    expect(key(get('radio', '4'), 'Enter')).toBe(true);
    expect(await sent()).toBe(4);
  });

  it('digit keys have no effect', async () => {
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
