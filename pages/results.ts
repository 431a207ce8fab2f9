/**
 * Lists the responses of each survey through the management API, with the key typed into the form. The field has no name and
 * the form's method navigates nowhere: without this script the key stays where it was typed.
 */

/** The fields of a survey that this page shows. */
interface Survey {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/** The fields of a response that this page shows. */
interface Response {
  readonly id: string;
  readonly createdAt: string;
  readonly finished: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly contact: { readonly userId?: string } | null;
  readonly meta: { readonly url?: string; readonly action?: string };
}

const form = document.querySelector('form');
const results = document.querySelector('#results');
const problem = document.querySelector('#problem');

form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const key = document.querySelector<HTMLInputElement>('#api-key')?.value.trim() ?? '';
  problem?.replaceChildren();
  try {
    const surveys = await list<Survey>('surveys', key);
    const sections = await Promise.all(
      surveys.map(async (survey) =>
        section(survey, await list<Response>(`responses?surveyId=${survey.id}&limit=100`, key)),
      ),
    );
    results?.replaceChildren(...(sections.length > 0 ? sections.flat() : ['There are no surveys yet.']));
  } catch (error) {
    results?.replaceChildren();
    problem?.replaceChildren(error instanceof Error ? error.message : `${error}`);
  }
});

async function list<T>(path: string, key: string): Promise<readonly T[]> {
  const reply = await fetch(`api/v1/management/${path}`, { headers: { 'x-api-key': key } });
  const body = (await reply.json()) as { data?: readonly T[]; message?: string };
  if (!reply.ok || !body.data)
    throw new Error(`${body.message ?? 'The server did not answer'} (${reply.status})`);
  return body.data;
}

/** The status as shown to readers. */
function describeStatus(status: string): string {
  return status === 'inProgress' ? 'live' : status;
}

function section(survey: Survey, responses: readonly Response[]): HTMLElement[] {
  const heading = element('h2', `${survey.name} `);
  const count = responses.length === 1 ? '1 response' : `${responses.length} responses`;
  if (responses.length === 0)
    return [heading, element('p', `No responses yet (${describeStatus(survey.status)}).`)];
  const head = element(
    'tr',
    ...['When', 'Who', 'Answers', 'Finished', 'Opened by'].map((name) => element('th', name)),
  );
  const rows = responses.map((response) =>
    element(
      'tr',
      element('td', new Date(response.createdAt).toLocaleString()),
      element('td', response.contact?.userId ?? 'anonymous'),
      element('td', ...Object.entries(response.data).map(([id, value]) => answer(id, value))),
      element('td', response.finished ? 'yes' : 'not yet'),
      element('td', response.meta.action ?? ''),
    ),
  );
  const table = element('table', element('thead', head), element('tbody', ...rows));
  const scroll = element('div', table);
  scroll.className = 'scroll';
  return [heading, element('p', `${count} (${describeStatus(survey.status)}).`), scroll];
}

function answer(id: string, value: unknown): HTMLElement {
  return element(
    'div',
    element('code', id),
    `: ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
}

function element(name: string, ...content: (Node | string)[]): HTMLElement {
  const node = document.createElement(name);
  node.append(...content);
  return node;
}
