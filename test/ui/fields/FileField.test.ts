import { fireEvent, waitFor } from '@testing-library/preact';
import { describe, expect, it, vi } from 'vitest';
import type { Upload } from '../../../src/wire/upload.ts';
import { focused, get, host, onStep, open, sent, ui } from '../support.ts';

describe('files', () => {
  const files = {
    type: 'fileUpload',
    allowMultipleFiles: true,
    allowedFileExtensions: ['png', 'pdf'],
    maxSizeInMB: 1,
  };
  const file = (name: string, size = 3) => new File(['x'.repeat(size)], name);
  const choose = (...list: File[]) => {
    const input = host.shadowRoot?.querySelector('input') as HTMLInputElement;
    Object.defineProperty(input, 'files', { value: list, configurable: true });
    fireEvent.change(input);
  };
  const remove = (name: string) => ui().findByRole('button', { name: `Remove: ${name}` });
  /** An upload whose results the test provides. */
  const slow = () => {
    const answers: Parameters<ConstructorParameters<typeof Promise<Awaited<ReturnType<Upload>>>>[0]>[0][] =
      [];
    const upload = vi.fn<Upload>(() => new Promise((resolve) => answers.push(resolve)));
    return { upload, answers };
  };

  it('the answer is addresses in the order in which the files were chosen', async () => {
    const { upload, answers } = slow();
    await open(files, { upload });
    choose(file('a.png'), file('b.pdf'));
    await remove('b.pdf');
    answers[1]?.({ url: '/storage/b' });
    answers[0]?.({ url: '/storage/a' });
    await waitFor(() => expect(ui().queryAllByRole('progressbar', { name: /png|pdf/ })).toEqual([]));
    expect(await sent()).toEqual(['/storage/a', '/storage/b']);
  });

  it('the card waits for pending uploads, and shows their progress', async () => {
    const { upload, answers } = slow();
    await open(files, { upload });
    choose(file('a.png'));
    const bar = (await ui().findByRole('progressbar', { name: 'a.png' })) as HTMLProgressElement;
    upload.mock.lastCall?.[0].onProgress(0.5);
    await waitFor(() => expect(bar.value).toBe(0.5));
    fireEvent.click(get('button', 'Next'));
    await Promise.resolve();
    expect(onStep).not.toHaveBeenCalled();
    answers[0]?.({ url: '/storage/a' });
    await waitFor(() => expect(onStep.mock.lastCall?.[0].data).toEqual({ q: ['/storage/a'] }));
  });

  it('pending uploads are aborted once the survey is closed, and not before', async () => {
    const { upload } = slow();
    const view = await open(files, { upload, onClose: () => host.remove() });
    choose(file('a.png'));
    await remove('a.png');
    const { onProgress, signal } = upload.mock.lastCall?.[0] ?? {};
    onProgress?.(0.25);
    expect(signal?.aborted).toBe(false);
    view.close('dismissed');
    onProgress?.(0.5);
    expect(signal?.aborted).toBe(true);
  });

  it('a failed upload keeps the card, and can be retried or removed', async () => {
    const { upload, answers } = slow();
    await open(files, { upload });
    choose(file('a.png'));
    await remove('a.png');
    answers[0]?.({ problem: 'upload_failed' });
    const retry = await ui().findByRole('button', { name: 'Try again' });
    expect(get('alert').textContent).toBe('This file could not be sent');
    fireEvent.click(get('button', 'Next'));
    await waitFor(() => expect(focused()).toBe(retry));
    expect(onStep).not.toHaveBeenCalled();
    fireEvent.click(retry);
    await waitFor(() => expect(upload).toHaveBeenCalledTimes(2));
    answers[1]?.({ url: '/storage/a' });
    await waitFor(() => expect(ui().queryByRole('button', { name: 'Try again' })).toBeNull());
    expect(await sent()).toEqual(['/storage/a']);
  });

  it('removing a pending upload aborts it, and its result is ignored', async () => {
    const { upload, answers } = slow();
    await open(files, { upload });
    choose(file('a.png'));
    fireEvent.click(await remove('a.png'));
    expect(upload.mock.lastCall?.[0].signal.aborted).toBe(true);
    answers[0]?.({ url: '/storage/a' });
    await waitFor(() => expect(ui().queryAllByRole('listitem')).toEqual([]));
    expect(await sent()).toBeUndefined();
  });

  it('an uploaded file can be removed', async () => {
    await open(files, { upload: async () => ({ url: '/storage/x/my%20cat--fid--1-2.png' }) });
    choose(file('my cat.png'));
    await waitFor(() => expect(ui().queryByRole('progressbar', { name: 'my cat.png' })).toBeNull());
    fireEvent.click(await remove('my cat.png'));
    await waitFor(() => expect(ui().queryAllByRole('listitem')).toEqual([]));
    expect(await sent()).toEqual([]);
  });

  it.each<[string, File[], string]>([
    ['of another type', [file('a.exe')], 'a.exe: Files of this type cannot be taken'],
    ['too large', [file('a.png', 1024 * 1024 + 1)], 'a.png: Larger than 1 MB'],
    ['of the same name', [file('a.png'), file('A.PNG')], 'A.PNG: A file of this name is there already'],
    ['too many', Array.from({ length: 26 }, (_, n) => file(`${n}.png`)), 'At most 25 files'],
  ])('a file %s is refused at once', async (_name, list, message) => {
    await open(files, { upload: async () => ({ url: '/storage/x' }) });
    choose(...list);
    await waitFor(() => expect(get('alert').textContent).toBe(message));
  });

  it('after a single file the input is gone', async () => {
    const input = () => host.shadowRoot?.querySelector('input');
    await open({ ...files, allowMultipleFiles: false }, { upload: async () => ({ url: '/storage/a.png' }) });
    choose(file('a.png'));
    await remove('a.png');
    await waitFor(() => expect(ui().queryByRole('progressbar', { name: 'a.png' })).toBeNull());
    expect(input()).toBeNull();
    fireEvent.click(await remove('a.png'));
    await waitFor(() => expect(input()).not.toBeNull());
  });

  it('without a server the answer contains the file', async () => {
    await open(files);
    choose(file('a.png'));
    await waitFor(() => expect(ui().queryByRole('progressbar', { name: 'a.png' })).toBeNull());
    expect(await sent()).toEqual([expect.stringMatching(/^data:.*;base64,eHh4$/)]);
  });
});
