import { fireEvent } from '@testing-library/preact';
import { expect, it, vi } from 'vitest';
import { get, open } from '../support.ts';

it('the number of characters left is announced once typing pauses', async () => {
  await open({ type: 'openText', longAnswer: false, charLimit: { max: 5 } });
  vi.useFakeTimers();
  const status = get('status');
  const type = async (value: string) => {
    fireEvent.input(get('textbox'), { target: { value } });
    await vi.advanceTimersByTimeAsync(500);
  };
  await type('a');
  await type('ab');
  expect(status.textContent).toBe('');
  await vi.advanceTimersByTimeAsync(500);
  expect(status.textContent).toBe('3 characters left');
  await type('abcdef');
  await vi.advanceTimersByTimeAsync(500);
  expect(status.textContent).toBe('Please use at most 5 characters');
});
