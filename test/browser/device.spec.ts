import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { call, expect, ratingThenText, surveyOn, tagFor, test, whenReady } from './support.ts';

/** Fields that docs/privacy.md lists as stored: `record.field`. */
const LISTED: readonly string[] = readFileSync('docs/privacy.md', 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, record, fields] = line.match(/^\| `(state|showings)` +\| (.*?) +\|/) ?? [];
    return [...(fields ?? '').matchAll(/`(\w+)`/g)].map(([, field]) => `${record}.${field}`);
  });
/** Written only for another server, a refusal, a browser without Web Locks, or a device with many showings. */
const RARE = ['showings.refused', 'showings.theirs', 'showings.count', 'showings.languageCode'];

/** Everything that this origin stores on the device. */
async function kept(
  page: Page,
  environmentId: string,
): Promise<{ places: unknown; fields: readonly string[] }> {
  return page.evaluate(async (environment) => {
    const open = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('inkling');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const read = <T>(make: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
      new Promise((resolve) => {
        const request = make(open.transaction('kv').objectStore('kv'));
        request.onsuccess = () => resolve(request.result);
      });
    const keys = await read((store) => store.getAllKeys());
    const stores = [...open.objectStoreNames];
    const fields: string[] = [];
    for (const name of ['state', 'showings']) {
      const record = await read<Record<string, unknown>>((store) => store.get(`${environment}/${name}`));
      const used = (value: object): string[] =>
        Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [`${name}.${key}`]));
      fields.push(...used(record ?? {}), ...((record?.list ?? []) as object[]).flatMap(used));
    }
    open.close();
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    const elsewhere = [localStorage.length, sessionStorage.length, document.cookie, await caches.keys()];
    const workers = (await navigator.serviceWorker.getRegistrations()).length;
    return { places: { databases, stores, keys, elsewhere, workers }, fields };
  }, environmentId);
}

test('a full visit stores exactly the fields that docs/privacy.md lists, and nothing anywhere else', async ({
  page,
  server,
  site,
  context,
}) => {
  const own = ratingThenText({ hiddenFields: { enabled: true, fieldIds: ['channel'] } });
  const first = await server.createAction('did-it');
  await server.createSurvey(own.document, [first]);
  const later = await server.createAction('did-later');
  await server.createSurvey({ ...ratingThenText().document, delay: 60 }, [later]);
  const counted = await server.createAction('did-often');
  await server.manage('POST', 'surveys', {
    name: 'Counted',
    type: 'app',
    status: 'inProgress',
    ...ratingThenText().document,
    triggers: [{ actionClass: counted, occurrence: 3 }],
  });
  site.put('/', { head: tagFor(server) });
  const seen = new Set<string>();
  const look = async (): Promise<unknown> => {
    const { places, fields } = await kept(page, server.environmentId);
    for (const field of fields) seen.add(field);
    return places;
  };
  await page.goto(site.url);
  await whenReady(page);
  await call(page, 'setLanguage', 'de');
  await call(page, 'identify', 'mara', { plan: 'pro' }, { userHash: 'proof' });
  await call(page, 'track', 'did-often');
  await call(page, 'track', 'did-later');
  await call(page, 'track', 'did-it', { hiddenFields: { channel: 'mail' } });
  await surveyOn(page).getByRole('radio', { name: '5', exact: true }).click();
  await surveyOn(page).getByRole('button', { name: 'Next' }).click();
  await expect(surveyOn(page).getByRole('textbox')).toBeVisible();
  await look();
  await page.reload();
  await surveyOn(page).getByRole('textbox').fill('Kept?');
  await surveyOn(page).getByRole('button', { name: 'Finish' }).click();
  await expect(surveyOn(page)).toHaveCount(0);
  await expect
    .poll(() => call(page, 'state'))
    .toMatchObject({ showings: [{ finished: true, delivered: true }] });
  await look();
  await call(page, 'logout');
  const places = await look();
  expect(places).toEqual({
    databases: ['inkling'],
    stores: ['kv'],
    keys: [`${server.environmentId}/showings`, `${server.environmentId}/state`],
    elsewhere: [0, 0, '', []],
    workers: 0,
  });
  expect(await context.cookies()).toEqual([]);
  expect([...seen].filter((field) => !LISTED.includes(field))).toEqual([]);
  expect(LISTED.filter((field) => !seen.has(field) && !RARE.includes(field))).toEqual([]);

  await call(page, 'forget');
  const after = (await look()) as { keys: unknown };
  expect(after.keys).toEqual([]);
});
