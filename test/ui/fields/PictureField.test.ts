import { fireEvent, waitFor } from '@testing-library/preact';
import { describe, expect, it } from 'vitest';
import { open, sent, ui } from '../support.ts';

describe('pictures', () => {
  const pictures = (allowMulti: boolean) => ({
    type: 'pictureSelection',
    allowMulti,
    choices: [
      ['a', 'https://a.test/storage/e/public/two%20cats--fid--1.png'],
      ['b', 'https://a.test/the-sea_now.jpg?w=1'],
      ['c', 'https://a.test/%E0%A4%A.gif'],
      ['d', 'https://a.test/'],
    ].map(([id, imageUrl]) => ({ id, imageUrl })),
  });

  it('have alternative texts from their file names', async () => {
    await open(pictures(true));
    expect(
      ui()
        .getAllByRole('img')
        .map((picture) => picture.getAttribute('alt')),
    ).toEqual(['two cats', 'the sea now', '%E0%A4%A', 'Option 4']);
  });

  it('a single choice is a list of one id, and can’t be deselected', async () => {
    await open(pictures(false));
    const [first, second] = ui().getAllByRole('radio') as [HTMLInputElement, HTMLInputElement];
    fireEvent.click(first);
    await waitFor(() => expect(first.checked).toBe(true));
    fireEvent.click(second);
    await waitFor(() => expect(second.checked).toBe(true));
    fireEvent.click(second);
    expect(await sent()).toEqual(['b']);
  });

  it('a multiple choice is ids in the order of selection', async () => {
    await open(pictures(true));
    const boxes = ui().getAllByRole('checkbox') as HTMLInputElement[];
    for (const at of [2, 0, 1, 0]) {
      const was = boxes[at]?.checked;
      fireEvent.click(boxes[at] as HTMLElement);
      await waitFor(() => expect(boxes[at]?.closest('label')?.className).toBe(was ? 'row' : 'row on'));
    }
    expect(await sent()).toEqual(['c', 'b']);
  });
});
