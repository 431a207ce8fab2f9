import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startReceiver } from '../support/receiver.ts';
import { expect, startProcess, surveyOn, test } from './support.ts';

/** The README's shell lines that create a webhook and a survey. */
function script(): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const block = /```sh\n(api\(\) [\s\S]*?)```/.exec(readme)?.[1];
  if (!block) throw new Error('README.md has no such lines.');
  return block;
}

test('the shell lines of the README create a survey that is answered in a browser and sent to a webhook', async ({
  page,
  site,
}) => {
  const receiver = await startReceiver();
  const server = await startProcess({ INKLING_ALLOW_PRIVATE_WEBHOOKS: '1' });
  const run = (lines: string): string => {
    const { status, stdout, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', lines], {
      encoding: 'utf8',
      env: {
        ...process.env,
        URL: server.url,
        ENVIRONMENT: server.environmentId,
        KEY: server.key,
        RECEIVER: `${receiver.origin}/`,
      },
    });
    expect(status, `${stdout} ${stderr}`).toBe(0);
    return stdout;
  };
  try {
    const [webhook, responses] = run(script())
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
    const last = script().trim().split('\n').at(-1) ?? '';
    const { surveyId } = JSON.parse(body).data;
    const read = run(`${script().split('\n')[0]}\nSURVEY=${surveyId}\n${last}`);
    expect(JSON.parse(read).data).toMatchObject([
      { finished: true, data: { how: 4 }, contact: { userId: 'u1' } },
    ]);
  } finally {
    await server.stop();
    await receiver.stop();
  }
});
