import { fireEvent, waitFor } from '@testing-library/preact';
import { describe, expect, it } from 'vitest';
import { choices, focused, get, key, open, sent, ui } from '../support.ts';

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

  it('the answer is the labels in the order of clicks; a second click removes an item', async () => {
    await open(ranking);
    await ranked('Silver', 'Gold', 'Bronze');
    fireEvent.click(item('Silver'));
    await waitFor(() => expect(order()).toEqual(['Gold', 'Bronze', 'Silver']));
    expect(await sent()).toEqual(['Gold', 'Bronze']);
  });

  it('buttons move an item, keep focus, and its position is announced', async () => {
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

  it('arrow keys move an item, but not beyond the ends', async () => {
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

  it('becomes an empty answer when every item is removed', async () => {
    await open(ranking);
    await ranked('Gold');
    fireEvent.click(item('Gold'));
    await waitFor(() => expect(item('Gold').getAttribute('aria-pressed')).toBe('false'));
    expect(await sent()).toEqual([]);
  });
});
