import type { Content, JsonSchema, OpenApiDocument, Operation, Parameter } from './document.ts';
import { type Field, fieldsOf, typeOf } from './fields.ts';
import { type Html, html, join } from './html.ts';

/** An operation with all of its paths. */
interface Entry {
  readonly id: string;
  readonly method: string;
  readonly paths: readonly string[];
  readonly operation: Operation;
}

const FOLD_FROM = 30;

/** Renders the document as a page that works without scripts, network requests and foreign styles. */
export function renderPage(document: OpenApiDocument): string {
  const entries = listEntries(document);
  const tags = document.tags.map(({ name }) => name);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${document.info.title} API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="api.css">
</head>
<body>
<a class="skip" href="#main">Skip to the endpoints</a>
<header>
<h1>${document.info.title} API</h1>
<p class="lead">${document.info.description}</p>
<p class="soft">Version ${document.info.version} · <a href="../openapi.json">OpenAPI 3.1 document</a></p>
</header>
<div class="columns">
<nav aria-label="Endpoints">${join(tags.map((tag) => navGroup(tag, entries)))}
<h2>Schemas</h2><ul>${join(Object.keys(document.components.schemas).map((name) => html`<li><a href="#schema-${name}">${name}</a></li>`))}</ul>
</nav>
<main id="main">
${renderKeys()}
${join(tags.map((tag) => renderTag(tag, entries)))}
<section aria-labelledby="schemas"><h2 id="schemas">Schemas</h2>
<p class="soft">Parts that several bodies share. “Read” is the form in replies, where defaults have been filled in.</p>
${join(Object.entries(document.components.schemas).map(([name, schema]) => renderSchema(name, schema)))}
</section>
</main>
</div>
</body>
</html>
`;
  return page.text;
}

/** Groups operations of the same tag, method and summary into one entry: one operation at several paths. */
function listEntries({ paths }: OpenApiDocument): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const key = [operation.tags[0], method, operation.summary].join('\n');
      const known = entries.get(key);
      entries.set(key, {
        id: known?.id ?? operation.operationId,
        method: method.toUpperCase(),
        paths: [...(known?.paths ?? []), path],
        operation: known?.operation ?? operation,
      });
    }
  }
  return [...entries.values()];
}

function navGroup(tag: string, entries: readonly Entry[]): Html {
  const links = entries.filter(({ operation }) => operation.tags[0] === tag);
  return html`<h2>${tag}</h2><ul>${join(links.map(({ id, method, paths }) => html`<li><a href="#${id}"><b class="verb ${method.toLowerCase()}">${method}</b> ${breakable(shorten(paths[0] ?? ''))}</a></li>`))}</ul>`;
}

/** Removes the prefix that all paths of an API share. */
function shorten(path: string): string {
  return path
    .replace(/^\/api\/(v\d)\/client\/\{environmentId\}(?=\/)/, (_all, version) =>
      version === 'v1' ? '…' : `${version} …`,
    )
    .replace(/^\/api\/v1\/(client|management)(?=\/)/, '…');
}

/** A path with break opportunities after its slashes. */
function breakable(path: string): Html {
  return join(path.split(/(?<=\/)/).map((part) => html`${part}<wbr>`));
}

function renderKeys(): Html {
  return html`<section aria-labelledby="keys"><h2 id="keys">Keys and errors</h2>
<p>A key goes in the header <code>x-api-key</code>, or as <code>Authorization: Bearer fbk_…</code>. A key that may <code>write</code> may read too, one that may <code>manage</code> may do everything in its environment. What belongs to another environment is answered exactly like what does not exist.</p>
<p>Every error is <code>{"code": "…", "message": "…", "details": {…}}</code>; <code>details</code> names the field that is wrong.</p></section>`;
}

function renderTag(tag: string, entries: readonly Entry[]): Html {
  const id = `tag-${tag.toLowerCase().replace(/[^a-z]+/g, '-')}`;
  const own = entries.filter(({ operation }) => operation.tags[0] === tag);
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${tag}</h2>${join(own.map(renderEntry))}</section>`;
}

function renderEntry(entry: Entry): Html {
  const { id, method, paths, operation } = entry;
  const [first = '', ...others] = paths;
  return html`<article id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title"><a href="#${id}">${operation.summary}</a></h3>
<p class="address"><b class="verb ${method.toLowerCase()}">${method}</b> <code>${breakable(first)}</code></p>
${
  others.length > 0
    ? html`<p class="soft">Also ${join(
        others.map((path) => html`<code>${breakable(path)}</code>`),
        ', ',
      )}</p>`
    : ''
}
${operation.description ? html`<p>${operation.description}</p>` : ''}
${renderParameters(operation.parameters ?? [])}
${operation.requestBody ? renderContent('Body', operation.requestBody.content) : ''}
${renderAnswers(operation)}
<h4>Try it</h4>
<pre tabindex="0" aria-label="curl command"><code>${toCurl(entry)}</code></pre>
</article>`;
}

function renderParameters(parameters: readonly Parameter[]): Html {
  if (parameters.length === 0) return html``;
  const fields = parameters.map(
    ({ name, in: where, required, schema, description }): Field => ({
      name,
      type: typeOf(schema),
      isRequired: required,
      note: [`in the ${where}`, description].filter(Boolean).join(': '),
    }),
  );
  return html`<h4>Parameters</h4>${renderFields(fields)}`;
}

function renderContent(title: string, content: Content): Html {
  return join(
    Object.entries(content).map(([type, { schema }]) => {
      const fields = fieldsOf(schema);
      const shape = fields.length > 0 ? foldIfLong(fields) : html`<p>${typeOf(schema)}</p>`;
      return html`<h4>${title} <span class="soft">${type}</span></h4>${Object.keys(schema).length > 0 ? shape : ''}`;
    }),
  );
}

function renderAnswers({ responses }: Operation): Html {
  const [[success, answer] = ['200', undefined], ...errors] = Object.entries(responses).sort(([a], [b]) =>
    Number(a.startsWith('2')) === Number(b.startsWith('2'))
      ? Number(a) - Number(b)
      : b.startsWith('2')
        ? 1
        : -1,
  );
  return html`${answer?.content ? renderContent(`Reply ${success}`, answer.content) : ''}
${errors.length > 0 ? html`<h4>Otherwise</h4><dl>${join(errors.map(([code, { description }]) => html`<div><dt>${code}</dt><dd>${description}</dd></div>`))}</dl>` : ''}`;
}

function renderSchema(name: string, schema: JsonSchema): Html {
  const fields = fieldsOf(schema);
  return html`<article id="schema-${name}"><h3><a href="#schema-${name}">${name}</a></h3>
${fields.length > 0 ? foldIfLong(fields) : html`<p>${typeOf(schema)}</p>`}</article>`;
}

/** Collapsed, because a survey has hundreds of fields. */
function foldIfLong(fields: readonly Field[]): Html {
  const count = countFields(fields);
  if (count <= FOLD_FROM) return renderFields(fields);
  return html`<details><summary>${count} fields</summary>${renderFields(fields)}</details>`;
}

function countFields(fields: readonly Field[]): number {
  return fields.reduce((sum, { inner = [] }) => sum + 1 + countFields(inner), 0);
}

function renderFields(fields: readonly Field[]): Html {
  return html`<ul class="fields">${join(
    fields.map(
      ({ name, type, isRequired, note, inner = [] }) =>
        html`<li><code>${name}</code> ${isRequired ? html`<em>required</em> ` : ''}<span>${type}</span>${note ? html` <span class="soft">${note}</span>` : ''}${inner.length > 0 ? renderFields(inner) : ''}</li>`,
    ),
  )}</ul>`;
}

function toDataPart(example: unknown): readonly string[] {
  return example === undefined ? [] : [`-d ${quote(JSON.stringify(example))}`];
}

function toFormParts(example: unknown): readonly string[] {
  return Object.entries(example ?? {}).map(([name, value]) => `-F ${quote(`${name}=${String(value)}`)}`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A curl command that can be pasted once ids and key are replaced. */
function toCurl({ method, paths, operation }: Entry): string {
  const parameters = operation.parameters ?? [];
  const path = parameters.reduce(
    (text, { name, in: where, example }) =>
      where === 'path' ? text.replace(`{${name}}`, encodeURIComponent(String(example))) : text,
    paths[0] ?? '',
  );
  const query = parameters.flatMap(({ name, in: where, example }) =>
    where === 'query' && example !== undefined ? [`${name}=${encodeURIComponent(String(example))}`] : [],
  );
  const [[type, { example }] = ['', { example: undefined }]] = Object.entries(
    operation.requestBody?.content ?? {},
  );
  const parts = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} "$INKLING${path}${query.length > 0 ? `?${query.join('&')}` : ''}"`,
    ...(operation.security.length > 0 ? ['-H "x-api-key: $KEY"'] : []),
    ...(type.startsWith('multipart/') ? toFormParts(example) : toDataPart(example)),
  ];
  return parts.join(' \\\n  ');
}
