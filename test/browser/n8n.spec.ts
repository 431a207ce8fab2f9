import { Webhook } from 'standardwebhooks';
import { createN8nHost, loadN8nNode } from '../support/n8n-host.ts';
import { startReceiver } from '../support/receiver.ts';
import { expect, ratingThenText, startProcess, surveyOn, tagFor, test } from './support.ts';

test('the n8n node 1.0.2 lists surveys, receives an answer by its signed webhook, and deletes the webhook', async ({
  page,
  site,
}) => {
  const receiver = await startReceiver();
  const server = await startProcess({ INKLING_ALLOW_PRIVATE_WEBHOOKS: '1' });
  try {
    const { document, rating, text } = ratingThenText({ name: 'For n8n' });
    const survey = await server.createSurvey(document, [await server.createAction('bought')]);
    const me = await fetch(`${server.url}/api/v1/me`, { headers: { 'x-Api-Key': server.key } });
    expect(me.status, 'the credentials are tested by this').toBe(200);

    const node = loadN8nNode();
    const host = createN8nHost({
      serverUrl: server.url,
      key: server.key,
      webhookUrl: `${receiver.origin}/webhook/n8n`,
      surveyIds: [survey.id],
      events: ['responseCreated', 'responseUpdated', 'responseFinished'],
    });
    expect(await node.methods.loadOptions.getSurveys.call(host.self())).toEqual([
      { name: 'For n8n', value: survey.id },
    ]);
    const { checkExists, create, delete: remove } = node.webhookMethods.default;
    expect(await checkExists.call(host.self())).toBe(false);
    expect(await create.call(host.self())).toBe(true);
    expect(await checkExists.call(host.self())).toBe(true);
    const webhooks = await server.manage<readonly { id: string }[]>('GET', '../webhooks');
    const webhookId = host.staticData.webhookId ?? '';
    expect(webhooks).toMatchObject([{ id: webhookId, source: 'n8n', surveyIds: [survey.id] }]);

    site.put('/', {
      head: tagFor(server),
      body: `<script>addEventListener('load', () => inkling.track('bought'))</script>`,
    });
    await page.goto(site.url);
    const card = surveyOn(page);
    await card.getByRole('radiogroup', { name: rating }).getByRole('radio', { name: '4' }).click();
    await card.getByRole('button', { name: 'Next' }).click();
    await card.getByRole('textbox', { name: text }).fill('More tea');
    await card.getByRole('button', { name: 'Finish' }).click();

    const events = () => receiver.received.map(({ body }) => JSON.parse(body).event);
    await expect.poll(events).toContain('responseFinished');
    await expect.poll(events).toContain('responseCreated');
    const reference = new Webhook(host.secrets.get(webhookId) ?? '');
    for (const { headers, body } of receiver.received) {
      reference.verify(body, headers as Record<string, string>);
      const { workflowData } = await node.webhook.call(host.self(body));
      expect(workflowData).toEqual([[JSON.parse(body)]]);
    }
    const last = receiver.received.find(({ body }) => JSON.parse(body).event === 'responseFinished');
    const { data } = JSON.parse(last?.body ?? '{}');
    expect(data).toMatchObject({
      surveyId: survey.id,
      finished: true,
      data: { rating: 4, text: 'More tea' },
    });
    expect(await server.responses(survey.id)).toMatchObject([{ id: data.id, data: data.data }]);

    // The node returns false either way; the webhook must be gone from the server and from its data.
    await remove.call(host.self());
    expect(await server.manage('GET', '../webhooks')).toEqual([]);
    expect(host.staticData).toEqual({});
  } finally {
    await server.stop();
    await receiver.stop();
  }
});
