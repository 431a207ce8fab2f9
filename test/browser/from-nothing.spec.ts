import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startReceiver } from '../support/receiver.ts';
import { call, expect, startProcess, surveyOn, type TestServer, tagFor, test, whenReady } from './support.ts';

/** The shell lines of a page that make a survey: the block that defines `api()`. */
function readLines(page: string): string {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  const block = /```sh\n((?:URL=.*\n)?api\(\) [\s\S]*?)```/.exec(text)?.[1];
  if (!block) throw new Error(`${page} has no such lines.`);
  return block.trim();
}

/** Runs shell lines with the server's address, environment and key as variables, and returns what they print. */
function run(
  lines: string,
  server: Pick<TestServer, 'url' | 'environmentId' | 'key'>,
  more: Readonly<Record<string, string>> = {},
): string {
  const { status, stdout, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', lines], {
    encoding: 'utf8',
    env: {
      ...process.env,
      URL: server.url,
      ENVIRONMENT: server.environmentId,
      KEY: server.key,
      ...more,
    },
  });
  expect(status, `${stdout} ${stderr}`).toBe(0);
  return stdout;
}

test('the lines of the README make a survey that is answered in a browser, and list the answer', async ({
  page,
  site,
}) => {
  const server = await startProcess();
  try {
    const [settings = '', ...lines] = readLines('README.md').split('\n');
    expect(settings).toMatch(/^URL=\S+ ENVIRONMENT=… KEY=…$/);
    expect(lines.length + 1).toBeLessThanOrEqual(8);
    expect(run(lines.join('\n'), server)).toMatch(/\{"data":\[\]\}$/);

    site.put('/', { head: tagFor(server) });
    await page.goto(site.url);
    await whenReady(page);
    await call(page, 'track', 'bought');
    const survey = surveyOn(page);
    await survey.getByRole('radiogroup', { name: 'How was it?' }).getByRole('radio', { name: '4' }).click();
    await survey.getByRole('button', { name: 'Finish' }).click();

    const list = [lines[0], lines.at(-1)].join('\n');
    await expect
      .poll(() => JSON.parse(run(list, server)).data)
      .toMatchObject([{ finished: true, data: { how: 4 } }]);
  } finally {
    await server.stop();
  }
});

test('the lines of docs/reference.md make a survey with a segment, two languages and a webhook', async ({
  page,
  site,
}) => {
  const receiver = await startReceiver();
  const server = await startProcess({ INKLING_ALLOW_PRIVATE_WEBHOOKS: '1' });
  const script = readLines('docs/reference.md');
  const receiverUrl = { RECEIVER: `${receiver.origin}/` };
  try {
    const [webhook, responses] = run(script, server, receiverUrl)
      .trim()
      .split(/\n|(?<=\})(?=\{)/);
    expect(JSON.parse(`${responses}`)).toEqual({ data: [] });
    const { secret } = JSON.parse(`${webhook}`).data;

    site.put('/', {
      head: `<script async src="${server.url}/inkling.js" data-environment-id="${server.environmentId}" data-language="de-DE"></script>`,
      body: `<script>addEventListener('load', () => { inkling.identify('u1', { plan: 'pro' }); inkling.track('bought'); });</script>`,
    });
    await page.goto(site.url);
    const survey = surveyOn(page);
    await survey.getByRole('radiogroup', { name: 'Wie war es?' }).getByRole('radio', { name: '4' }).click();
    await survey.getByRole('button', { name: 'Finish' }).click();

    await expect.poll(() => receiver.received.length).toBe(1);
    const [first] = receiver.received;
    if (!first) throw new Error('nothing came');
    const { headers, body } = first;
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
    expect(JSON.parse(body)).toMatchObject({
      event: 'responseFinished',
      data: { finished: true, data: { how: 4 }, language: 'de-DE' },
    });
    const lines = script.split('\n');
    const { surveyId } = JSON.parse(body).data;
    const read = run([lines[0], `SURVEY=${surveyId}`, lines.at(-1)].join('\n'), server);
    expect(JSON.parse(read).data).toMatchObject([
      { finished: true, data: { how: 4 }, contact: { userId: 'u1' } },
    ]);
  } finally {
    await server.stop();
    await receiver.stop();
  }
});
