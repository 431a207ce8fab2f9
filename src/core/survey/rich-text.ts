import { isSafeLink } from './links.ts';

/** A text, or an allowed tag around other nodes. Only `a` has an `href`, and not always. */
export type RichNode =
  | string
  | { readonly tag: string; readonly href?: string; readonly children: readonly RichNode[] };

const ALLOWED = /^(p|br|b|strong|i|em|u|s|a|[uo]l|li|span|h[1-6]|code)$/;
/** Tags that are removed around their text. Like those of `TOKEN`, they tell markup from a text with a `<`. */
const WRAPPER =
  /^(div|section|article|main|header|footer|center|font|small|big|su[bp]|del|ins|mark|strike|pre|blockquote|hr|img|table|t(body|head|[rdh])|d[ltd]|label|form|input|button|video|audio|embed|link|meta|base|html|head|body|picture|figure)$/;
/**
 * In order: elements removed with their content, comments, tags, entities, text. No alternative reads past the `<` of a
 * tag, in quotes neither, unless it ends there or takes the rest, so the time grows linearly with the text. A
 * tag's name ends where it must, or each shorter one would be tried.
 */
const TOKEN =
  /<(script|style|title|textarea|no(?:script|embed|frames)|iframe|xmp|template|svg|math|object|select)(?=[\s/>])[\s\S]*?(?:<\/\1(?=[\s/>])[^<>]*>?|$)|<!--[\s\S]*?(?:-->|$)|<[!?][^<>]*>|<(\/?)([a-z][^\s/<>"']*)((?![^\s/>"'])(?:"(?:[^"<]|<(?![a-z/!?]))*"|'(?:[^'<]|<(?![a-z/!?]))*'|[^"'<>])*)>|&(?:#(\d{1,7}|x[\da-f]{1,6})|([a-z]{2,6}));|[^<&]+|[\s\S]/gi;
const ENTITY = /&(?:#(\d{1,7}|x[\da-f]{1,6})|([a-z]{2,6}));/gi;
const HREF = /[\s/"']href\s*=\s*("[^"]*"|'[^']*'|[^\s"']+)/i;
/** Named entities that editors write; any other stays as it was typed. */
const ENTITIES = new Map(
  Object.entries({
    ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\xa0', ndash: '–', mdash: '—' },
    ...{ hellip: '…', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', bdquo: '„', euro: '€', copy: '©' },
  }),
);
/** Deeper tags are removed, so that walking the tree can't overflow the stack. */
const MAX_DEPTH = 30;

interface Open {
  readonly tag: string;
  readonly children: RichNode[];
}

/**
 * Parses a text that may have markup into a tree of allowed tags (survey-model.md 8): other tags are removed, those
 * whose content isn't text are removed with it. A text without any HTML tag stays as it was typed.
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
      // `p` and `li` may be unclosed before the next one.
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

/** The text without markup, for names and announcements; paragraphs are separated by a space. */
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
 * The same text with allowed tags only, for any HTML parser. A text without markup stays as it is; one that a parser
 * could take for markup is wrapped in a tag, so that it is shown as typed everywhere. Idempotent.
 *
 * @example
 * cleanRichText('<p onclick="x()">Hi<script>y()</script>'); // '<p>Hi</p>'
 */
export function cleanRichText(html: string): string {
  const nodes = parseRichText(html);
  const text = nodes.length ? nodes.join('') : '';
  const isText = nodes.every((node) => typeof node === 'string');
  if (!isText) return toHtml(nodes);
  // Also what isn't a tag in HTML: other parsers are less strict.
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

/** Merges adjacent texts, so that equal texts have equal trees. */
function addText(children: RichNode[], text: string): void {
  const last = children.at(-1);
  if (typeof last === 'string') children[children.length - 1] = last + text;
  else children.push(text);
}

/** The character of a numeric entity; U+FFFD for a code that isn't one of Unicode. */
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
  // Browsers skip line breaks and tabs inside an address.
  return isSafeLink(href) ? href.replace(/[\t\n\r]/g, '').trim() : '';
}
