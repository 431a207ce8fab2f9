import { fireEvent, waitFor } from '@testing-library/preact';
import { describe, expect, it } from 'vitest';
import { focused, get, label, open, sent, ui } from '../support.ts';

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

  it('is six texts in order, hidden ones empty, with autocomplete', async () => {
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
    ['no line is required', {}, ['false', 'false', 'false', 'false']],
    ['all lines are required when the element is', { required: true }, ['true', 'true', 'true', 'true']],
    [
      'unless it says which',
      { required: true, city: line('City', true, true) },
      ['false', 'true', 'false', 'false'],
    ],
    [
      'one line alone can be required',
      { city: line('City', true, true) },
      ['false', 'true', 'false', 'false'],
    ],
  ])('%s', async (_name, change, outcome) => {
    await open({ ...address, ...change });
    expect(must()).toEqual(outcome);
  });

  it('an invalid line is marked and focused', async () => {
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

  it('contact details are five texts in order', async () => {
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
