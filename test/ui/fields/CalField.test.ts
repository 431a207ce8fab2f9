import { fireEvent, waitFor } from '@testing-library/preact';
import { describe, expect, it } from 'vitest';
import { get, open, sent } from '../support.ts';

describe('an appointment', () => {
  it.each([
    [undefined, 'https://cal.com/ada/30min'],
    ['cal.example.org', 'https://cal.example.org/ada/30min'],
    ['https://cal.example.org/', 'https://cal.example.org/ada/30min'],
  ])('with the host %s links to %s, and is confirmed by a button', async (calHost, href) => {
    await open({ type: 'cal', calUserName: 'ada/30min', calHost });
    expect((get('link') as HTMLAnchorElement).href).toBe(href);
    fireEvent.click(get('button', 'I have booked'));
    expect(await sent()).toBe('booked');
  });

  it('becomes an empty answer when the button is clicked again', async () => {
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
