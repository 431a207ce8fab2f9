import type { Page, Request } from '@playwright/test';

/** What has gone wrong on a page so far. */
export interface Trouble {
  /** The snippet's lines on the console. */
  readonly lines: string[];
  /** Errors that reached the page. */
  readonly errors: string[];
  /** Addresses of scripts that were answered with an error, or not at all. */
  readonly missing: string[];
}

/** Records what goes wrong on a page from now on. */
export function listenTo(page: Page): Trouble {
  const trouble: Trouble = { lines: [], errors: [], missing: [] };
  page.on('console', (message) => {
    if (message.text().startsWith('[inkling]')) trouble.lines.push(message.text());
  });
  page.on('pageerror', (error) => trouble.errors.push(`${error}`));
  // One that is answered with an error fails, too.
  const counted = new Set<Request>();
  const count = (request: Request): void => {
    if (request.resourceType() !== 'script' || counted.has(request)) return;
    counted.add(request);
    trouble.missing.push(request.url());
  };
  page.on('response', (response) => response.status() >= 400 && count(response.request()));
  page.on('requestfailed', count);
  return trouble;
}
