import { expect, test } from './support.ts';

test.describe('the API page', () => {
  test('loads without a policy violation or a console message, and requests nothing but itself and its style sheet', async ({
    page,
    server,
  }) => {
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${server.url}/docs/api`);

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Inkling API');
    expect([...new Set(asked)].sort()).toEqual(['/docs/api', '/docs/api.css']);
    const card = page.getByRole('article').first();
    await expect(card).toHaveCSS('border-radius', '16px');
    expect(problems).toEqual([]);
  });

  test('is used by keyboard, and fits a narrow screen', async ({ page, server }) => {
    await page.setViewportSize({ width: 320, height: 700 });
    await page.goto(`${server.url}/docs/api`);
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to the endpoints' })).toBeFocused();

    const link = page.getByRole('navigation').getByRole('link', { name: 'POST …/user' });
    await link.focus();
    await page.keyboard.press('Enter');
    await expect(page.locator('article:target')).toContainText('Identifies a person');
    await page.locator('details').evaluateAll((folds) => {
      for (const fold of folds) (fold as HTMLDetailsElement).open = true;
    });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  });
});
