/**
 * The key of an element: with the texts that stand directly in it, so that an element whose text changes is replaced.
 * Without that Preact would write into the old text node, which a translator has taken out of the page.
 *
 * @example
 * keyByText('p', [3, '/', 40]); // 'undefined 3/40'
 */
export function keyByText(type: unknown, children: unknown, key?: string): string | undefined {
  if (typeof type !== 'string') return key;
  const texts = [children].flat(9).filter((child) => /^[sn]/.test(typeof child));
  return texts[0] === undefined ? key : `${key} ${texts.join('')}`;
}
