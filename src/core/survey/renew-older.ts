import { toId } from './convert.ts';
import type { Survey } from './document.ts';
import { isPart, isText, type Part, renew, toUnused, withIds } from './renew.ts';
import { renewLogic } from './renew-logic.ts';

/** Notes what can't be converted, in words. */
type Report = (problem: string) => void;

/** Fields that are texts by language. */
const TEXT = /^(headline|subheader|html)$|label$|placeholder$/i;
const LINES: Readonly<Record<string, readonly string[]>> = {
  address: ['addressLine1', 'addressLine2', 'city', 'state', 'zip', 'country'],
  contactInfo: ['firstName', 'lastName', 'email', 'phone', 'company'],
};

/**
 * A document of any former year as one of today (survey-model.md 1.7), where its meaning is plain; else the reason why it
 * can't be drawn, in words.
 *
 * @example
 * renewOlder({ questions: [{ type: 'openText', headline: 'Why?' }] }); // { questions: [{ id: 'b1x…', … }], … }
 */
export function renewOlder(given: Part): Survey | string {
  const problems: string[] = [];
  const report: Report = (problem) => problems.push(problem);
  const { welcomeCard, thankYouCard: _card, ...rest } = given;
  const list = (name: string): readonly unknown[] => {
    const value = given[name] ?? [];
    if (Array.isArray(value)) return value;
    report(`${name} is no list`);
    return [];
  };
  const used = new Set<unknown>();
  const questions = list('questions').map((entry, index) =>
    renewElement(entry, { name: `question ${index + 1}`, used, report }),
  );
  const blocks = list('blocks').map((entry, index) => renewBlock(entry, `block ${index + 1}`, used, report));
  const renewed = {
    ...renew({ ...rest, ...renewWelcome(welcomeCard), questions, blocks }),
    endings: renewEndings(given, list('endings'), report),
    languages: list('languages').map(renewLanguage),
  };
  return problems[0] ?? (renewed as unknown as Survey);
}

/** Texts that are no texts by language yet: plain ones, numbers, and those without a default. */
function withTexts(part: Part): Part {
  return Object.fromEntries(
    Object.entries(part).flatMap(([key, value]) => {
      if (!TEXT.test(key) || isText(value)) return [[key, value]];
      const text = toText(value);
      return text ? [[key, text]] : [];
    }),
  );
}

function toText(value: unknown): Part | undefined {
  if (typeof value === 'string' || typeof value === 'number') return { default: `${value}` };
  const [first] = isPart(value) ? Object.values(value).filter((text) => typeof text === 'string') : [];
  return first === undefined ? undefined : { ...(value as Part), default: first };
}

function renewWelcome(card: unknown): Part {
  if (!isPart(card)) return {};
  const { headline, ...others } = withTexts(card);
  const title = headline ?? others.html ?? others.subheader;
  if (headline) return { welcomeCard: { ...others, headline } };
  const { html: _html, subheader: _subheader, ...rest } = others;
  return { welcomeCard: title ? { ...rest, headline: title } : { ...rest, enabled: false } };
}

function renewLanguage(row: unknown): unknown {
  if (!isPart(row) || !isPart(row.language)) return row;
  return { ...row, language: { id: row.language.code, ...row.language } };
}

function renewBlock(entry: unknown, name: string, used: Set<unknown>, report: Report): unknown {
  if (!isPart(entry) || !Array.isArray(entry.elements) || entry.elements.length === 0) {
    report(`${name} has no elements`);
    return entry;
  }
  const elements = entry.elements.map((element, index) =>
    renewElement(element, { name: `element ${index + 1} of ${name}`, used, report }),
  );
  const { logic, ...rest } = entry;
  if (logic && !(Array.isArray(logic) && logic.every((rule) => isPart(rule) && rule.actions)))
    report(`the logic of ${name} is unknown`);
  const [first] = elements;
  const id = entry.id || toId(`${isPart(first) && first.id}`);
  return { ...withTexts(rest), id, elements, ...(logic ? { logic } : {}) };
}

/** What the conversion of an element needs beside it. */
interface Place {
  /** What to call it in a reason. */
  readonly name: string;
  /** Ids of the elements before it. */
  readonly used: Set<unknown>;
  readonly report: Report;
}

function renewElement(entry: unknown, { name, used, report }: Place): unknown {
  if (!isPart(entry)) {
    report(`${name} is none`);
    return entry;
  }
  const texts = withTexts(entry);
  const headline = texts.headline ?? texts.html ?? texts.subheader;
  if (!headline) report(`${name} has no headline`);
  const words = isText(headline) ? `${headline.default}` : '';
  const id = entry.id ? `${entry.id}` : toUnused(toId(words), used);
  if (used.has(id)) report(`${name} has the id of another one, ${id}`);
  used.add(id);
  if (!entry.type) report(`${name} has no type`);
  const { logic, ...rest } = texts;
  const element = withParts({ ...rest, headline, id, required: entry.required ?? false }, name, report);
  if (!logic) return element;
  const rules = renewLogic({ ...element, logic }, (problem) => report(`${name} has ${problem}`));
  return { ...element, logic: rules };
}

/** The element with the parts that its type needs. */
function withParts(element: Part, name: string, report: Report): Part {
  const { type, label, range, scale, calUserName } = element;
  const lists = { matrix: ['rows', 'columns'], ranking: ['choices'], pictureSelection: ['choices'] };
  const names = /^multipleChoice/.test(`${type}`) ? ['choices'] : (lists[type as 'matrix'] ?? []);
  const found = names.map((key) => [key, toEntries(element[key], type === 'pictureSelection')] as const);
  for (const [key, entries] of found) {
    if (!entries) report(`${name} has no ${key}, or one without a label`);
  }
  if (type === 'consent' && !label) report(`${name} has no label`);
  if (type === 'cal' && !calUserName) report(`${name} has no calUserName`);
  const last = Number(range ?? (type === 'csat' ? 5 : undefined));
  const isScale = /^(rating|csat|ces)$/.test(`${type}`);
  if (isScale && !(Number.isInteger(last) && last > 0)) report(`${name} has no range`);
  return {
    ...element,
    ...Object.fromEntries(found),
    ...(isScale && { range: last, scale: scale ?? 'number' }),
    ...withLines(element, name, report),
  };
}

/** Choices, rows or columns with their ids; undefined when there are none, or one of them shows nothing. */
function toEntries(list: unknown, arePictures: boolean): readonly unknown[] | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  if (arePictures) return toPictures(list);
  const entries = withIds(
    list.map((entry) => (isPart(entry) && !isText(entry) ? withTexts(entry) : { label: toText(entry) })),
  );
  return entries.every((entry) => isPart(entry) && isText(entry.label)) ? entries : undefined;
}

function toPictures(list: readonly unknown[]): readonly unknown[] | undefined {
  const pictures = list.map((entry) => (isPart(entry) ? entry : { imageUrl: entry }));
  const used = new Set<unknown>();
  const entries = pictures.map(({ id, imageUrl, ...rest }: Part) => {
    const own = id && !used.has(id) ? id : toUnused(toId(`${imageUrl}`), used);
    used.add(own);
    return { ...rest, id: own, imageUrl };
  });
  return entries.every(({ imageUrl }) => typeof imageUrl === 'string') ? entries : undefined;
}

/** The lines of an address or of contact details; earlier ones had no label, and an address had only flags. */
function withLines(element: Part, name: string, report: Report): Part {
  const lines = LINES[`${element.type}`];
  if (!lines) return {};
  const entries = lines.map((line) => {
    const label = line.replace(/[A-Z]|\d/g, ' $&').toLowerCase();
    const placeholder = { default: label.replace(/^./, (letter) => letter.toUpperCase()) };
    const given = element[line];
    const isRequired = element[`is${line.replace(/^./, (letter) => letter.toUpperCase())}Required`];
    const part = isPart(given)
      ? withTexts(given)
      : { show: isRequired !== undefined, required: !!isRequired };
    return [line, { placeholder, ...part }] as const;
  });
  if (!entries.some(([, part]) => 'show' in part && part.show)) report(`${name} shows no line`);
  return Object.fromEntries(entries);
}

/** The endings; those of a document from before there were several are its redirect or its thank-you card. */
function renewEndings(
  { thankYouCard, redirectUrl }: Part,
  list: readonly unknown[],
  report: Report,
): unknown[] {
  const own = isPart(thankYouCard) && thankYouCard.enabled ? [{ ...thankYouCard, type: 'endScreen' }] : [];
  const former = redirectUrl ? [{ type: 'redirectToUrl', url: redirectUrl, label: 'Redirect' }] : own;
  const used = new Set<unknown>();
  return (list.length > 0 ? list : former).map((entry, index) => {
    if (!isPart(entry)) {
      report(`ending ${index + 1} is none`);
      return entry;
    }
    const { type = entry.url ? 'redirectToUrl' : 'endScreen' } = entry;
    const id = entry.id && !used.has(entry.id) ? entry.id : toUnused(toId(`ending ${index + 1}`), used);
    used.add(id);
    return type === 'redirectToUrl' ? { ...entry, id, type } : { ...withTexts(entry), id, type };
  });
}
