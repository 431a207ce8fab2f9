import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDERS = ['src', 'server', 'test', 'scripts', 'pages', 'demo'];
const SOURCE = /\.(ts|tsx|mjs|js|css|html|grit)$/;
/** This file writes citations that lead nowhere. */
const SELF = 'test/docs-citations.test.ts';

const NUMBER = String.raw`\d+(?:\.\d+)*`;
const ROW = String.raw`\d+(?!\.?\d)`;
const PLACE = `${NUMBER}(?:,? rows? ${ROW}(?:(?:,| and| to) ${ROW})*)?`;
/** `client-api.md 2.1 and 3`, `client-api.md 3.4 rows 8 and 9`, `differences.md`: a page and the places named in it. */
const CITATION = new RegExp(
  String.raw`\b([A-Za-z][\w-]*\.md)\b(?:(?: section)? (${PLACE}(?:(?:,| and| to| beside) ${PLACE})*))?`,
  'g',
);

interface Citation {
  readonly page: string;
  /** `3.4`, or `3.4 row 8`. */
  readonly places: readonly string[];
}

/** Finds the citations in a text; one that a comment breaks over two lines counts as one. */
function findCitations(text: string): readonly Citation[] {
  const flat = text.replace(/\s*\n[ \t]*(?:\*(?!\/)|\/\/)?[ \t]*/g, ' ');
  return [...flat.matchAll(CITATION)].map(([, page = '', tail = '']) => ({ page, places: toPlaces(tail) }));
}

function toPlaces(tail: string): readonly string[] {
  const places: string[] = [];
  let section = '';
  let isRow = false;
  for (const [token] of tail.matchAll(/rows?|\d+(?:\.\d+)*/g)) {
    if (token.startsWith('row')) isRow = true;
    else if (isRow && !token.includes('.')) places.push(`${section} row ${token}`);
    else {
      section = token;
      isRow = false;
      places.push(token);
    }
  }
  return places;
}

/** Numbers of headings, numbers of table rows (`3.21`, or `3.4 row 8`) and of list items (`5.2` for item 2 of 5). */
function listPlaces(markdown: string): ReadonlySet<string> {
  const places = new Set<string>();
  let section = '';
  for (const line of proseOf(markdown)) {
    const [, heading] = /^#+ (\d+(?:\.\d+)*)\.?(?: |$)/.exec(line) ?? [];
    const [, row] = /^\| *(\d+(?:\.\d+)*) *\|/.exec(line) ?? [];
    const [, item] = /^(\d+)\. /.exec(line) ?? [];
    if (heading) section = heading;
    if (heading) places.add(heading);
    if (row) places.add(row.includes('.') ? row : `${section} row ${row}`);
    if (item) places.add(`${section}.${item}`);
  }
  return places;
}

/** The lines outside of fenced code. */
function proseOf(markdown: string): readonly string[] {
  return markdown.replace(/^```.*?^```/gms, '').split('\n');
}

/** The anchors of a page, made from its headings as GitHub makes them. */
function listAnchors(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const line of proseOf(markdown)) {
    const [, title] = /^#+ (.*)$/.exec(line) ?? [];
    if (title === undefined) continue;
    const anchor = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    let name = anchor;
    for (let count = 1; anchors.has(name); count += 1) name = `${anchor}-${count}`;
    anchors.add(name);
  }
  return anchors;
}

const read = (path: string): string => readFileSync(path, 'utf8');
const pages = ['.', 'docs', 'scripts']
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((path) => path.endsWith('.md'));
const pageOf = (name: string): string | undefined =>
  pages.find((path) => path === name || path === join('docs', name) || path === join('scripts', name));
const sources = [
  ...FOLDERS.flatMap((folder) =>
    (readdirSync(folder, { recursive: true }) as string[]).map((path) => join(folder, path)),
  ),
  ...readdirSync('.'),
].filter((path) => SOURCE.test(path) && path !== SELF);

function findProblems({ page, places }: Citation): readonly string[] {
  const path = pageOf(page);
  if (!path) return [`${page} does not exist`];
  const known = listPlaces(read(path));
  return places.filter((place) => !known.has(place)).map((place) => `${page} has no ${place}`);
}

describe('citations', () => {
  it.each([
    ['(a.md 5.2, 5.3).', ['5.2', '5.3']],
    ['a.md 2.1 and 3, b.md 1.3, c.md', ['2.1', '3']],
    ['a.md 3.4 rows 8 and 9)', ['3.4', '3.4 row 8', '3.4 row 9']],
    ['a.md 3.4 row 12\n * and 3.5 row 9', ['3.4', '3.4 row 12', '3.5', '3.5 row 9']],
    ['a.md 18, row 19 and the rest', ['18', '18 row 19']],
    ['as a.md section 4 names them', ['4']],
    ['a.md\n// 1.2 to 2.14.', ['1.2', '2.14']],
    ['a.md: 5 of them', []],
  ])('are read: %j', (text, places) => {
    expect(findCitations(text)[0]?.places).toEqual(places);
  });

  it('lead to headings, rows and items', () => {
    const page = '## 3. A\n### 3.4 B\n| 8 | x |\n| 3.21 | y |\n1. z\n```\n## 7. no\n```\n';
    expect([...listPlaces(page)]).toEqual(['3', '3.4', '3.4 row 8', '3.21', '3.4.1']);
  });

  it('name pages, sections and rows that exist', () => {
    const problems = [...sources, ...pages].flatMap((path) =>
      findCitations(read(path))
        .flatMap(findProblems)
        .map((problem) => `${path}: ${problem}`),
    );
    expect(problems).toEqual([]);
  });
});

describe.each(pages)('%s', (path) => {
  const prose = proseOf(read(path)).join('\n');

  it('has links that lead somewhere', () => {
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : relative('.', join(dirname(path), file));
      if (!existsSync(target)) return true;
      return anchor !== undefined && !listAnchors(read(target)).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names paths of the repository that exist', () => {
    const named = [...prose.matchAll(/`((?:src|server|test|scripts|pages|demo|docs)\/[\w./-]*)`/g)].map(
      ([, name = '']) => name,
    );
    expect(named.filter((name) => !existsSync(name))).toEqual([]);
  });
});
