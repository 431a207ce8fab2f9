import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { build } from 'vite';
import { expect, ratingThenText, type TestServer } from './support.ts';

/** Every event that pages written for Formbricks can listen to (client-api.md 6.2). */
export const EVENTS = [
  'formbricks_setup_successful',
  'formbricks_action_tracked',
  'formbricks_survey_shown',
  'formbricks_response_submitted',
  'formbricks_survey_closed',
] as const;

/** An entry of `window.dataLayer`. */
export interface LayerEntry {
  readonly event: string;
  readonly formbricks: Readonly<Record<string, unknown>>;
}

/** The published wrapper as a bundler puts it into a page, on `window.wrapper`. */
export async function bundleWrapper(name: string): Promise<string> {
  const entry = fileURLToPath(new URL(`../../node_modules/${name}/dist/index.js`, import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, lib: { entry, formats: ['iife'], name: 'wrapper' } },
  });
  const [bundle] = Array.isArray(built) ? built : [];
  const [chunk] = bundle?.output ?? [];
  expect(chunk?.code).toContain('/js/formbricks.umd.cjs');
  return `<script>${chunk?.code}</script>`;
}

/** A survey for those whose plan is `pro`, on the code action `did-it`, with two hidden fields. */
export async function createProSurvey(
  server: TestServer,
): Promise<{ id: string; rating: string; action: string }> {
  const action = await server.createAction('did-it');
  const filter = {
    id: 'f1',
    connector: null,
    resource: {
      id: 'r1',
      root: { type: 'attribute', contactAttributeKey: 'plan' },
      value: 'pro',
      qualifier: { operator: 'equals' },
    },
  };
  const { document, rating } = ratingThenText({
    segment: { title: 'Pro', filters: [filter] },
    hiddenFields: { enabled: true, fieldIds: ['channel', 'Build'] },
  });
  const { id } = await server.createSurvey(document, [action]);
  return { id, rating, action: action.name };
}

/** The entries of the page's `dataLayer`, in order. */
export function layerOf(page: Page): Promise<readonly LayerEntry[]> {
  return page.evaluate(() => (window as { dataLayer?: LayerEntry[] }).dataLayer ?? []);
}

/** One entry of the `dataLayer`, with a null for every key that isn't given. */
export function layerEntry(event: string, workspaceId: string, given: object): LayerEntry {
  const none = { surveyId: null, responseId: null, finished: null, action: null };
  return { event, formbricks: { workspaceId, ...none, ...given } };
}
