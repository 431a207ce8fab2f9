import type { Page } from '@playwright/test';
import { ELEMENTS } from './all-types.ts';
import { expect, type HostSite, type TestServer, tagFor, test, whenLoaded } from './support.ts';

/** What translators do with a text node: put another in its place, or put elements around it. */
const TRANSLATORS = ['replaces', 'wraps'] as const;

/** Starts a translator in the page. It writes in capitals, in whatever is or comes into an open shadow root. */
function translate(way: (typeof TRANSLATORS)[number]): void {
  document.documentElement.classList.add('translated-ltr');
  const isDone = ({ parentElement }: Text): boolean => parentElement?.localName === 'font';
  const turn = (text: Text): void => {
    if (isDone(text) || !text.data.trim()) return;
    // As Google's translator nests them.
    const outer = document.createElement('font');
    const inner = document.createElement('font');
    outer.append(inner);
    text.replaceWith(outer);
    if (way === 'wraps') inner.append(text);
    else inner.textContent = text.data.toUpperCase();
  };
  const turnAll = (root: Node): void => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found: Text[] = [];
    while (walker.nextNode()) found.push(walker.currentNode as Text);
    found.forEach(turn);
  };
  const watch = (root: ShadowRoot): void => {
    turnAll(root);
    const options = { childList: true, characterData: true, subtree: true };
    new MutationObserver(() => turnAll(root)).observe(root, options);
  };
  new MutationObserver(() => {
    for (const { shadowRoot } of document.querySelectorAll('inkling-survey'))
      if (shadowRoot) watch(shadowRoot);
  }).observe(document.body, { childList: true });
}

/** The texts of an element in a second language, too. */
function inTwoLanguages<T>(value: T): T {
  if (Array.isArray(value)) return value.map(inTwoLanguages) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, inTwoLanguages(part)]);
  if ('default' in value && typeof value.default === 'string') entries.push(['de', `${value.default} (de)`]);
  return Object.fromEntries(entries);
}

/** A survey with one card. */
function surveyOf(elements: readonly object[]): object {
  const language = (code: string, isDefault = false): object => ({
    ...{ default: isDefault, enabled: true },
    language: { id: code, code },
  });
  return inTwoLanguages({
    id: 'translated',
    languages: [language('en', true), language('de')],
    showLanguageSwitch: true,
    welcomeCard: { enabled: false },
    blocks: [{ id: 'one', name: 'One', elements, buttonLabel: { default: 'Go on' } }],
    endings: [{ id: 'end', type: 'endScreen', headline: { default: 'Thank you' } }],
  });
}

/** Draws a survey. */
function draw(page: Page, document: object): Promise<void> {
  return page.evaluate(async (given) => {
    await window.inkling?.render(given);
  }, document);
}

/**
 * Does the n-th thing that a visitor can do on the card, then gives the page time to draw it. Returns the words on screen,
 * or undefined when there is no such thing. Switches the language first, last, and submits in between.
 */
function act(page: Page, n: number): Promise<string | undefined> {
  return page.evaluate(async (index) => {
    const box = document.querySelector('inkling-survey')?.shadowRoot?.querySelector('[role=dialog]');
    if (!box) return undefined;
    const switchTo = (value: string) => (): void => {
      const select = box.querySelector<HTMLSelectElement>('.lang select');
      if (!select) return;
      select.value = value;
      select.dispatchEvent(new Event('change', { bubbles: true }));
    };
    const submit = (): void => box.querySelector<HTMLElement>('[type=submit]')?.click();
    const controls = [
      ...box.querySelectorAll<HTMLElement>('section :is(input:not([type=file]), textarea, button, select)'),
    ];
    const use = (control: HTMLElement) => (): void => {
      const field = control as HTMLInputElement;
      if (!control.matches('select, textarea, .text, [role=combobox]')) {
        control.click();
        return;
      }
      field.value =
        control.localName === 'select'
          ? ((control as HTMLSelectElement).options[1]?.value ?? '')
          : 'Some words';
      control.dispatchEvent(new Event('input', { bubbles: true }));
      control.dispatchEvent(new Event('change', { bubbles: true }));
    };
    const steps = [
      switchTo('de'),
      switchTo('default'),
      submit,
      ...controls.slice(0, 12).flatMap((one) => [use(one), switchTo('de'), switchTo('default')]),
    ];
    const step = steps[index];
    if (!step) return undefined;
    step();
    // The page draws, the translator writes.
    await new Promise((resolve) => setTimeout(resolve, 5));
    const copy = box.cloneNode(true) as Element;
    for (const region of copy.querySelectorAll('[role=status], .lang')) region.remove();
    return copy.textContent ?? '';
  }, n);
}

/** Two elements on one card, of which one repeats what was answered to the other. */
const RECALL = [
  { id: 'name', type: 'openText', longAnswer: false, charLimit: { enabled: false }, words: 'Your name' },
  {
    id: 'again',
    type: 'rating',
    scale: 'number',
    range: 5,
    words: 'Thank you, #recall:name/fallback:friend#!',
  },
];
const CASES: readonly (readonly [string, readonly { readonly id: string; readonly words?: string }[]])[] = [
  ...ELEMENTS.map((element) => [element.id, [element]] as const),
  ['an answer that is repeated', RECALL],
];

async function openPage(page: Page, server: TestServer, site: HostSite): Promise<void> {
  site.put('/', { head: tagFor(server) });
  await page.goto(site.url);
  await whenLoaded(page);
}

for (const way of TRANSLATORS) {
  test(`each text that changes in place is seen although a translator ${way} text nodes`, async ({
    page,
    context,
    server,
    site,
  }) => {
    const plain = await context.newPage();
    await openPage(plain, server, site);
    await openPage(page, server, site);
    await page.evaluate(translate, way);
    const wrong: string[] = [];
    let compared = 0;
    for (const [name, elements] of CASES) {
      const document = surveyOf(
        elements.map(({ words, ...one }) => ({
          ...one,
          required: true,
          ...(words && { headline: { default: words } }),
        })),
      );
      await Promise.all([draw(plain, document), draw(page, document)]);
      for (let n = 0; ; n++) {
        const [expected, got] = await Promise.all([act(plain, n), act(page, n)]);
        if (expected === undefined) break;
        compared++;
        const isSame = expected.toUpperCase() === got?.toUpperCase();
        if (!isSame) wrong.push(`${name}, step ${n}: ${expected} | ${got}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(200);
  });
}
