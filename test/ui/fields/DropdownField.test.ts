import { fireEvent, waitFor } from '@testing-library/preact';
import { describe, expect, it, vi } from 'vitest';
import { choices, focused, get, host, key, label, open, sent, ui } from '../support.ts';

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

  it('is closed at first, opens with an arrow key, wraps, and Enter selects', async () => {
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

  it('filters by the typed text without regard to case, and shows when nothing is found', async () => {
    await open(cities);
    await type('O');
    expect(options()).toEqual(['Rome', 'Oslo']);
    await type('xyz');
    await waitFor(() => expect(ui().getByText('Nothing found')).toBeTruthy());
    expect(key(box(), 'Enter')).toBe(false);
    expect(await sent()).toBeUndefined();
  });

  it('Escape clears the search, then closes the list, then closes the survey', async () => {
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

  it('closes when it loses focus', async () => {
    await open(cities);
    key(box(), 'ArrowDown');
    await waitFor(() => expect(options()).toHaveLength(4));
    fireEvent.blur(box());
    await waitFor(() => expect(options()).toEqual([]));
  });

  it('other has a text box', async () => {
    await open(cities);
    fireEvent.click(box());
    await waitFor(() => expect(options()).toHaveLength(4));
    fireEvent.click(get('option', 'Elsewhere'));
    const other = await ui().findByRole('textbox', { name: 'Elsewhere' });
    await waitFor(() => expect(focused()).toBe(other));
    fireEvent.input(other, { target: { value: 'Lima' } });
    expect(await sent()).toBe('Lima');
  });

  it('selects several in the order of selection and stays open; none excludes the others', async () => {
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
