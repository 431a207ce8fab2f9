import { toId } from './convert.ts';

/** A part of a document of which nothing is known yet. */
export type Part = Readonly<Record<string, unknown>>;

/** Whether a value is an object that is no list. */
export function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Renews what earlier editors wrote in another form and what is otherwise like a document of today (survey-model.md 1.7):
 * `html` becomes `subheader`, rows and columns that are mere texts get ids. Parts of any other shape stay as they are.
 *
 * @example
 * renew({ welcomeCard: { html: { default: 'Hi' } } }); // { welcomeCard: { subheader: { default: 'Hi' } } }
 */
export function renew<T extends Part>(document: T): T {
  const { welcomeCard, questions, blocks } = document;
  return {
    ...document,
    ...(isPart(welcomeCard) && { welcomeCard: withSubheader(welcomeCard) }),
    ...(Array.isArray(questions) && { questions: questions.map(renewElement) }),
    ...(Array.isArray(blocks) && { blocks: blocks.map(renewBlock) }),
  };
}

function renewBlock(block: unknown): unknown {
  if (!isPart(block) || !Array.isArray(block.elements)) return block;
  return { ...block, elements: block.elements.map(renewElement) };
}

function renewElement(element: unknown): unknown {
  if (!isPart(element)) return element;
  const { rows, columns } = element;
  return {
    ...withSubheader(element),
    ...(Array.isArray(rows) && { rows: withIds(rows) }),
    ...(Array.isArray(columns) && { columns: withIds(columns) }),
  };
}

/** Moves the text of `html` to `subheader`, where that has none. */
export function withSubheader(part: Part): Part {
  const { html, ...rest } = part;
  return isFilled(html) && !isFilled(part.subheader) ? { ...rest, subheader: html } : part;
}

/** Whether a text says something in any language. */
function isFilled(text: unknown): boolean {
  return isText(text) && Object.values(text).some((each) => typeof each === 'string' && each.trim() !== '');
}

/** Whether a value is a text by language. */
export function isText(text: unknown): text is Part {
  return isPart(text) && typeof text.default === 'string';
}

/**
 * A list of choices, rows or columns in which each has an id of its own. One that has none, or the same as an earlier one,
 * gets a hash of its label: it stays the same in every page and wherever the entry moves. An entry may be the label itself.
 */
export function withIds(list: readonly unknown[]): readonly unknown[] {
  // A text by language is no entry: its `id` would be the Indonesian one.
  const entries: readonly unknown[] = list.map((entry) => (isText(entry) ? { label: entry } : entry));
  const used = new Set(entries.map((entry) => isPart(entry) && entry.id));
  const seen = new Set<unknown>();
  return entries.map((entry) => {
    if (!isPart(entry) || !isText(entry.label)) return entry;
    const isOwn = entry.id && !seen.has(entry.id);
    const id = isOwn ? entry.id : toUnused(toId(String(entry.label.default)), used);
    seen.add(id);
    used.add(id);
    return { ...entry, id };
  });
}

/** The id, or the first of `id2`, `id3`, … that is not used yet. */
export function toUnused(id: string, used: ReadonlySet<unknown>): string {
  let unused = id;
  for (let count = 2; used.has(unused); count++) unused = `${id}x${count}`;
  return unused;
}
