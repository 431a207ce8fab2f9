import { randomUUID } from 'node:crypto';
import { survey } from '../lib/fixture.mjs';
import { startServer } from '../lib/inkling-server.mjs';

const server = await startServer();
const { id: actionId } = await server.manage('POST', 'action-classes', {
  name: `page-${randomUUID()}`,
  type: 'noCode',
  noCodeConfig: { type: 'pageView', urlFilters: [{ rule: 'notContains', value: '/idle' }] },
});
await server.manage('POST', 'surveys', {
  name: survey.name,
  type: 'app',
  status: 'inProgress',
  displayOption: 'respondMultiple',
  recontactDays: 0,
  triggers: [{ actionClass: { id: actionId } }],
  blocks: [
    {
      id: 'first',
      name: 'Rating',
      elements: [
        {
          id: survey.rating.id,
          type: 'rating',
          scale: 'number',
          range: survey.rating.max,
          required: true,
          headline: { default: survey.rating.title },
          lowerLabel: { default: survey.rating.low },
          upperLabel: { default: survey.rating.high },
        },
      ],
    },
    {
      id: 'second',
      name: 'Text',
      elements: [
        {
          id: survey.text.id,
          type: 'openText',
          required: !survey.text.optional,
          headline: { default: survey.text.title },
          placeholder: { default: survey.text.placeholder },
          charLimit: { enabled: false },
        },
      ],
    },
  ],
  endings: [{ id: 'thanks', type: 'endScreen', headline: { default: 'Thank you!' } }],
});

/** The shipped bundle on the built server, with the one-line tag as the README has it. */
export const contestant = {
  id: 'inkling',
  label: 'Inkling',
  probe: { control: 'inkling-survey >>> label.cell' },
  page: () =>
    `<script async src="${server.url}/inkling.js" data-environment-id="${server.environmentId}"></script>`,
  async answer(page) {
    const card = page.locator('inkling-survey').getByRole('dialog');
    await card.getByRole('radio', { name: '4', exact: true }).click();
    await card.getByRole('button', { name: 'Next' }).click();
    await card.getByRole('textbox').fill('fine');
    await card.getByRole('button', { name: 'Finish' }).click();
    await card.getByText('Thank you!').waitFor();
  },
  stop: () => server.stop(),
};
