import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import { WORDS } from '../../src/core/survey/supported.ts';
import { expect, tagFor, test, whenLoaded, withClient } from './support.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const elements: readonly { readonly type: string }[] = JSON.parse(
  readFileSync(new URL('../fixtures/every-element.json', import.meta.url), 'utf8'),
);

/** Draws every element in a container of its own, or one after the other over the page; returns what axe finds. */
function audit(
  page: Page,
  options: { dark?: boolean; submit?: boolean; overlay?: boolean },
): Promise<string[]> {
  return withClient(
    page,
    async (inkling, [all, { dark = false, submit = false, overlay = false }]) => {
      const { axe } = window as never as {
        axe: {
          run: (
            where: object,
            how: object,
          ) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
        };
      };
      const found: string[] = [];
      const check = async (): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        const how = { resultTypes: ['violations'] };
        for (const { id, nodes } of (await axe.run(document, how)).violations)
          for (const { html, failureSummary } of nodes)
            found.push(`${id}: ${html.slice(0, 160)} ${failureSummary.replace(/\s+/g, ' ').slice(0, 200)}`);
      };
      const styling = { isDarkModeEnabled: dark };
      const main = document.querySelector('main');
      for (const element of all) {
        const blocks = [{ id: 'b', elements: [element] }];
        const looks = { styling, workspaceOverwrites: overlay ? { overlay: 'dark' } : null, endings: [] };
        const container = overlay ? undefined : main?.appendChild(document.createElement('div'));
        const survey = await inkling.render({ blocks, ...looks }, { container });
        const host = document.querySelector('inkling-survey:last-of-type');
        const root = container?.querySelector('inkling-survey')?.shadowRoot ?? host?.shadowRoot;
        if (submit) root?.querySelector<HTMLElement>('[type=submit]')?.click();
        if (!overlay) continue;
        await check();
        survey?.close();
      }
      if (!overlay) await check();
      return [...new Set(found)];
    },
    [elements, options] as const,
  );
}

test('the elements of this test cover all 17 types, and no other', () => {
  const types = new Set(elements.map(({ type }) => type));
  expect(types.size).toBe(17);
  expect([...types].filter((type) => !WORDS.test(type))).toEqual([]);
});

const CONDITIONS = [
  ['light', {}, 1280],
  ['dark', { dark: true }, 1280],
  ['wrong answers', { submit: true }, 1280],
  ['wrong answers in the dark', { submit: true, dark: true }, 1280],
  ['320 px', {}, 320],
  ['over the page', { overlay: true }, 1280],
] as const;
for (const [name, options, width] of CONDITIONS) {
  test(`axe finds nothing in any element type: ${name}`, async ({ page, server, site }) => {
    const tag = tagFor(server).replace(/data-environment-id="\w+"/, '');
    site.put('/', { head: tag, body: '<main><h1>The host site</h1></main>' });
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' in options ? 'dark' : 'light' });
    await page.goto(site.url);
    await whenLoaded(page);
    await page.evaluate(axe);
    expect(await audit(page, options)).toEqual([]);
  });
}
