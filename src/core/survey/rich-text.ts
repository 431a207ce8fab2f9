import { isSafeLink } from './links.ts';

/** A piece of text, or an allowed tag around others. Only `a` has an address, and not always. */
export type RichNode =
  | string
  | { readonly tag: string; readonly href?: string; readonly children: readonly RichNode[] };

const ALLOWED = /^(p|br|b|strong|i|em|u|s|a|[uo]l|li|span|h[1-6]|code)$/;
/** Taken off around their text. With those that go whole they tell markup from a text that merely holds a `<`. */
const WRAPPER =
  /^(div|section|article|main|header|footer|center|font|small|big|su[bp]|del|ins|mark|strike|pre|blockquote|hr|img|table|t(body|head|[rdh])|d[ltd]|label|form|input|button|video|audio|embed|link|meta|base|html|head|body|picture|figure)$/;
/**
 * In order: what goes with all it holds, comments, tags, entities, text. Nothing runs over a `<` unless it ends there
 * or takes the rest, so a text costs no more than its length.
 */
const TOKEN =
  /<(script|style|title|textarea|no(?:script|embed|frames)|iframe|xmp|template|svg|math|object|select)(?=[\s/>])[\s\S]*?(?:<\/\1(?=[\s/>])[^<>]*>?|$)|<!--[\s\S]*?(?:-->|$)|<[!?][^<>]*>|<(\/?)([a-z][^\s/<>]*)((?:"[^"]*"|'[^']*'|[^"'<>])*)>|&(?:#(\d{1,7}|x[\da-f]{1,6})|([a-z]{2,6}));|[^<&]+|[\s\S]/gi;
const ENTITY = /&(?:#(\d{1,7}|x[\da-f]{1,6})|([a-z]{2,6}));/gi;
const HREF = /[\s/"']href\s*=\s*("[^"]*"|'[^']*'|[^\s"']+)/i;
/** Those that editors write; any other stays as it was typed. */
const ENTITIES = new Map(
  Object.entries({
    ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\xa0', ndash: '–', mdash: '—' },
    ...{ hellip: '…', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', bdquo: '„', euro: '€', copy: '©' },
  }),
);
/** Deeper tags are taken off: whoever walks the tree must not run out of stack. */
const MAX_DEPTH = 30;

interface Open {
  readonly tag: string;
  readonly children: RichNode[];
}

/**
 * Reads a text that may hold markup into a tree of allowed tags (survey-model.md 8): other tags are taken off, those
 * that hold no text go whole. A text without any tag that HTML knows is that text as it was typed.
 *
 * @example
 * parseRichText('Hi <b onclick="x()">you</b>'); // ['Hi ', { tag: 'b', children: ['you'] }]
 */
export function parseRichText(html: string): readonly RichNode[] {
  const root: Open = { tag: '', children: [] };
  const open = [root];
  const at = (): Open => open.at(-1) ?? root;
  let isMarkup = false;
  for (const [token, hidden, slash, tag, attributes = '', code, entity] of html.matchAll(TOKEN)) {
    const name = tag?.toLowerCase() ?? '';
    if (hidden) isMarkup = true;
    else if (!name) {
      if (!/^<[!?]/.test(token))
        addText(at().children, code ? fromCode(code) : (ENTITIES.get(entity ?? '') ?? token));
    } else if (!ALLOWED.test(name)) isMarkup ||= WRAPPER.test(name);
    else {
      isMarkup = true;
      // `p` and `li` may be left open before the next one.
      const end = slash ? name : /^(p|li)$/.test(name) && at().tag === name ? name : '';
      const index = open.findLastIndex((one) => one.tag === end);
      if (index > 0) open.splice(index);
      if (slash || open.length > MAX_DEPTH) continue;
      const href = name === 'a' ? hrefOf(attributes) : '';
      const node = { tag: name, ...(href && { href }), children: [] };
      at().children.push(node);
      if (name !== 'br') open.push(node);
    }
  }
  return isMarkup ? root.children : [html];
}

/** The words alone, for names and announcements: what stands in paragraphs of its own stays apart. */
export function plainText(html: string): string {
  const read = (nodes: readonly RichNode[]): string =>
    nodes
      .map((node) => {
        if (typeof node === 'string') return node;
        const inner = read(node.children);
        return /^(p|br|li|h.)$/.test(node.tag) ? ` ${inner} ` : inner;
      })
      .join('');
  return read(parseRichText(html)).replace(/\s+/g, ' ').trim();
}

/**
 * The same text as markup of allowed tags only, whoever parses it. A text without markup stays as it is; one that
 * merely looks like it is wrapped, so that it is shown as typed everywhere. Cleaning twice changes nothing.
 *
 * @example
 * cleanRichText('<p onclick="x()">Hi<script>y()</script>'); // '<p>Hi</p>'
 */
export function cleanRichText(html: string): string {
  const nodes = parseRichText(html);
  const text = nodes.length ? nodes.join('') : '';
  const isText = nodes.every((node) => typeof node === 'string');
  if (!isText) return toHtml(nodes);
  // More than HTML takes for a tag: other parsers are laxer.
  return /<(\d*[^\s\d=]|$)/.test(text) ? toHtml([{ tag: 'span', children: [text] }]) : text;
}

function toHtml(nodes: readonly RichNode[]): string {
  return nodes
    .map((node) => {
      if (typeof node === 'string') return toEntities(node);
      const { tag, href, children } = node;
      if (tag === 'br') return '<br>';
      return `<${tag}${href ? ` href="${toEntities(href)}"` : ''}>${toHtml(children)}</${tag}>`;
    })
    .join('');
}

function toEntities(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&${{ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' }[sign]};`);
}

/** Neighbours become one, so that a text has one tree. */
function addText(children: RichNode[], text: string): void {
  const last = children.at(-1);
  if (typeof last === 'string') children[children.length - 1] = last + text;
  else children.push(text);
}

/** The sign of a numeric entity; what Unicode doesn't have is the sign for that. */
function fromCode(code: string): string {
  const value = Number(code.replace(/^x/i, '0x'));
  return value && value < 0x110000 && (value < 0xd800 || value > 0xdfff)
    ? String.fromCodePoint(value)
    : '\ufffd';
}

function hrefOf(attributes: string): string {
  const quoted = HREF.exec(attributes)?.[1] ?? '';
  const bare = quoted.replace(/^(["'])(.*)\1$/s, '$2');
  const href = bare.replace(ENTITY, (token, code, entity) =>
    code ? fromCode(code) : (ENTITIES.get(entity) ?? token),
  );
  // Browsers skip line ends and tabs inside an address.
  return isSafeLink(href) ? href.replace(/[\t\n\r]/g, '').trim() : '';
}
