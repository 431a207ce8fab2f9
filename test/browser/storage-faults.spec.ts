import {
  answerBoth,
  call,
  expect,
  ratingThenText,
  surveyOn,
  tagFor,
  test,
  undelivered,
  whenReady,
} from './support.ts';

/**
 * Faults of IndexedDB in a real browser, with the built script: a script before it breaks IndexedDB from about the fifth
 * call on, when both records are open already. test/store/faults.test.ts does so at every single call.
 */
const faults: readonly [name: string, script: string][] = [
  [
    'the connection is lost, for good',
    `const { transaction } = IDBDatabase.prototype;
     IDBDatabase.prototype.transaction = function (...args) {
       if (++calls > 4) throw new DOMException('lost', 'InvalidStateError');
       return transaction.apply(this, args);
     };`,
  ],
  [
    'the disk is full',
    `const { put } = IDBObjectStore.prototype;
     IDBObjectStore.prototype.put = function (...args) {
       if (++calls > 2) throw new DOMException('full', 'QuotaExceededError');
       return put.apply(this, args);
     };`,
  ],
  [
    'a successful write is rolled back',
    `const { put } = IDBObjectStore.prototype;
     IDBObjectStore.prototype.put = function (...args) {
       const request = put.apply(this, args);
       if (++calls > 2) request.addEventListener('success', () => this.transaction.abort());
       return request;
     };`,
  ],
  [
    'a read never ends',
    `const { get } = IDBObjectStore.prototype;
     IDBObjectStore.prototype.get = function (...args) {
       return ++calls > 4 ? new EventTarget() : get.apply(this, args);
     };`,
  ],
];

for (const [name, script] of faults) {
  test(`a survey is delivered, without an error in the page, although ${name}`, async ({
    page,
    server,
    site,
  }) => {
    const survey = await server.createSurvey(ratingThenText().document, [
      await server.createAction('did-it'),
    ]);
    site.put('*', { head: `<script>let calls = 0; ${script}</script>${tagFor(server)}` });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(`${error}`));
    page.on('console', (line) => errors.push(line.text()));
    await page.goto(site.url);
    await whenReady(page);
    await call(page, 'track', 'did-it');
    await expect(surveyOn(page)).toBeVisible();
    await answerBoth(page, '4', 'Stored or not');
    await expect.poll(() => undelivered(page)).toBe(0);
    expect(await server.responses(survey.id)).toMatchObject([
      { finished: true, data: { rating: 4, text: 'Stored or not' } },
    ]);
    // The fault happened.
    expect(await page.evaluate('calls')).toBeGreaterThan(4);
    expect(errors).toEqual([]);
  });
}
