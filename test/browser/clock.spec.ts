import { call, expect, ratingThenText, surveyOn, tagFor, test, whenReady } from './support.ts';

const YEAR = 365.25 * 86_400_000;
const DAY = 86_400_000;
/** `npm run prove` tries each year, `npm test` every fifth. */
const STEP = process.env.INKLING_PROVE === 'full' ? 1 : 5;
const CLOCKS = Array.from({ length: 40 / STEP + 1 }, (_, index) => (index * STEP - 20) * YEAR);

test(`${CLOCKS.length} device clocks from 20 years behind to 20 years ahead lead to the same decisions`, async ({
  page,
  server,
  site,
}) => {
  test.setTimeout(400_000);
  const action = await server.createAction('did-it');
  const first = await server.createSurvey(ratingThenText({ displayOption: 'respondMultiple' }).document, [
    action,
  ]);
  const rows = [
    ...['displayOnce', 'displayMultiple', 'respondMultiple'].map((displayOption) => ({ displayOption })),
    { displayOption: 'displaySome', displayLimit: 1 },
    { displayOption: 'displaySome', displayLimit: 3 },
    { recontactDays: 1 },
    { recontactDays: 3 },
    { recontactDays: 400 },
    { recontactDays: 8000 },
    { displayPercentage: 50 },
  ];
  for (const row of rows) await server.createSurvey({ ...ratingThenText().document, ...row }, [action]);
  // u1 has seen it on another device: the server knows.
  const { id: displayId } = await fetch(`${server.url}/api/v1/client/${server.environmentId}/displays`, {
    method: 'POST',
    body: JSON.stringify({ surveyId: first.id, userId: 'u1' }),
  }).then(async (reply) => (await reply.json()).data as { id: string });
  expect(displayId).toBeTruthy();
  site.put('/', { head: tagFor(server) });

  await page.addInitScript(() => {
    const ms = Number(new URLSearchParams(location.search).get('skew'));
    const RealDate = Date;
    const skewed = (): number => RealDate.now() + ms;
    window.Date = class extends RealDate {
      constructor(...args: [number?]) {
        super(...((args.length > 0 ? args : [skewed()]) as [number]));
      }
      static override now(): number {
        return skewed();
      }
    } as DateConstructor;
  });
  const outcome = async (): Promise<unknown> =>
    (await call(page, 'explain')).map(({ surveyId, show, gates }) => [
      surveyId,
      show,
      // An anonymous roll depends on a seed that holds the time.
      gates.filter(({ pass, code }) => !pass && code !== 'sampling').map(({ code }) => code),
    ]);
  const decide = async (skew: number): Promise<unknown> => {
    await page.goto(`${site.url}/?skew=${skew}`);
    await whenReady(page);
    const anonymous = await outcome();
    await call(page, 'identify', 'u1');
    const known = await outcome();
    await call(page, 'showSurvey', first.id);
    await expect(surveyOn(page)).toBeVisible();
    await call(page, 'closeSurvey');
    await expect(surveyOn(page)).toHaveCount(0);
    const shown = await outcome();
    await page.reload();
    await whenReady(page);
    const again = await outcome();
    // The next clock begins on a device without any record.
    await call(page, 'forget');
    return { anonymous, known, shown, again };
  };

  const right = (await decide(0)) as { known: [string, boolean, string[]][] };
  // The server's history counts: whoever has seen `first` today is in every cooldown.
  expect(right.known.filter(([, , refused]) => refused.includes('cooldown'))).toHaveLength(4);
  for (const skew of CLOCKS) {
    expect(await decide(skew), `${Math.round(skew / DAY)} days`).toEqual(right);
  }
});
