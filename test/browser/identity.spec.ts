import {
  answerBoth,
  call,
  expect,
  passTime,
  ratingThenText,
  recordEvents,
  test,
  whenReady,
} from './support.ts';
import { expectGone, expectShown, openPage, trackWithoutWaiting } from './survey-page.ts';

test('state(), the identified event and the stored response name the person', async ({
  page,
  server,
  site,
}) => {
  const survey = await openPage(page, { server, site });
  expect(await call(page, 'state')).toMatchObject({ userId: null });
  const identified = await recordEvents(page, 'identified');
  await call(page, 'identify', 'mara');
  expect(await call(page, 'state')).toMatchObject({ userId: 'mara' });
  expect(await identified()).toMatchObject([{ userId: 'mara' }]);
  await call(page, 'track', 'did-it');
  await answerBoth(page, '5', 'It is me');
  await expect.poll(() => server.responses(survey.id)).toMatchObject([{ finished: true }]);
  const [response] = await server.responses(survey.id);
  expect(response?.contact).toMatchObject({ id: expect.any(String), userId: 'mara' });
  await call(page, 'logout');
  expect(await call(page, 'state')).toMatchObject({ userId: null });
});

test('logout and the identification of somebody else close the open survey', async ({
  page,
  server,
  site,
}) => {
  await openPage(page, { server, site });
  const closings = await recordEvents(page, 'survey-closed');
  await call(page, 'identify', 'mara');
  await call(page, 'track', 'did-it');
  await expectShown(page);
  await call(page, 'logout');
  await expectGone(page);
  await call(page, 'identify', 'nils');
  await call(page, 'track', 'did-it');
  await expectShown(page);
  await call(page, 'identify', 'olga');
  await expectGone(page);
  await expect.poll(closings).toMatchObject([{ reason: 'logout' }, { reason: 'logout' }]);
});

test('logout cancels a running delay and a survey that waits for the page’s dialog to close', async ({
  page,
  server,
  site,
}) => {
  await openPage(page, { server, site }, '<dialog>Wait</dialog>');
  const later = await server.createAction('later');
  await server.createSurvey(ratingThenText({ delay: 3 }).document, [later]);
  await call(page, 'forget');
  await page.reload();
  await whenReady(page);
  await page.evaluate(() => document.querySelector('dialog')?.showModal());
  await call(page, 'identify', 'mara');
  await trackWithoutWaiting(page);
  await call(page, 'track', 'later');
  expect(await call(page, 'state')).toMatchObject({ due: [{}] });
  await call(page, 'logout');
  expect(await call(page, 'state')).toMatchObject({ due: [] });
  await page.evaluate(() => document.querySelector('dialog')?.close());
  await page.mouse.move(300, 300);
  await passTime(page, 3_200);
  await expectGone(page);
});
