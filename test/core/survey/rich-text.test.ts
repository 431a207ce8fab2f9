import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Window } from 'happy-dom';
import { describe, expect, it } from 'vitest';
import {
  cleanRichText,
  parseRichText,
  plainText,
  type RichNode,
} from '../../../src/core/survey/rich-text.ts';

const ALLOWED = 'p br b strong i em u s a ul ol li span h1 h2 h3 h4 h5 h6 code'.split(' ');
const corpus = JSON.parse(readFileSync('test/fixtures/xss.json', 'utf8')) as string[];

/** Tags and addresses of a tree that aren't allowed. */
function oddities(nodes: readonly RichNode[]): string[] {
  return nodes.flatMap((node) => {
    if (typeof node === 'string') return [];
    const { tag, href, children, ...rest } = node;
    const odd = ALLOWED.includes(tag) ? Object.keys(rest) : [tag];
    const isLink = href === undefined || (tag === 'a' && /^(https?|mailto|tel):/i.test(href));
    return [...odd, ...(isLink ? [] : [href]), ...oddities(children)];
  });
}

const { document } = new Window();

/** Elements and attributes that a browser's parser finds and that aren't allowed. */
function strangers(html: string): string[] {
  const box = document.createElement('div');
  box.innerHTML = html;
  return [...box.querySelectorAll('*')].flatMap(({ localName, attributes }) => [
    ...(ALLOWED.includes(localName) ? [] : [localName]),
    ...[...attributes].filter(({ name }) => name !== 'href').map(({ name }) => name),
  ]);
}

const b = (...children: RichNode[]): RichNode => ({ tag: 'b', children });
const p = (...children: RichNode[]): RichNode => ({ tag: 'p', children });
const a = (href: string, ...children: RichNode[]): RichNode => ({ tag: 'a', href, children });

describe('a tree of allowed tags', () => {
  it.each<[string, readonly RichNode[]]>([
    ['', ['']],
    ['Plain', ['Plain']],
    ['a < b & c > d', ['a < b & c > d']],
    ['x &amp; y', ['x &amp; y']],
    ['Rate <Product Name>', ['Rate <Product Name>']],
    ['if (x<y && z>w)', ['if (x<y && z>w)']],
    ['I <3 you', ['I <3 you']],
    ['half <b', ['half <b']],
    ['<b>x</b>', [b('x')]],
    ['<B CLASS="y">x</B >', [b('x')]],
    ['<b>x', [b('x')]],
    ['x</b>', ['x']],
    ['<b><i>x</b>y</i>', [b({ tag: 'i', children: ['x'] }), 'y']],
    [
      '<p class="fb-editor-paragraph" dir="ltr"><span style="white-space: pre-wrap;">Hi</span></p>',
      [p({ tag: 'span', children: ['Hi'] })],
    ],
    ['<p>one<p>two', [p('one'), p('two')]],
    [
      '<ul><li>one<li>two</ul>',
      [
        {
          tag: 'ul',
          children: [
            { tag: 'li', children: ['one'] },
            { tag: 'li', children: ['two'] },
          ],
        },
      ],
    ],
    ['a<br/>b<BR>c', ['a', { tag: 'br', children: [] }, 'b', { tag: 'br', children: [] }, 'c']],
    ['<b>&ndash;&hellip;&rsquo;&euro;&copy;</b>', [b('–…’€©')]],
    ['<b>&AMP;&constructor;&foo;&hellip</b>', [b('&AMP;&constructor;&foo;&hellip')]],
    ['<b>a &lt; b &amp;&nbsp;c &#65;&#x42; &quot;&apos;</b>', [b('a < b &\xa0c AB "\'')]],
    ['<b>&eacute; &amp &#0; &#xd800; &#9999999;</b>', [b('&eacute; &amp \ufffd \ufffd \ufffd')]],
    ['<b>1 < 2</b>', [b('1 < 2')]],
    ['<b>a<!-- > <i> -->b<!DOCTYPE html>c<?php ?>d</b>', [b('abcd')]],
    ['<b>x</b><!-- open', [b('x')]],
    ['<div>Hello</div>', ['Hello']],
    ['<div>a<p>b</p></div>', ['a', p('b')]],
    ['<script>alert("</b>")</script>Hi', ['Hi']],
    ['Hi<style>p{}</style ><b>x</b>', ['Hi', b('x')]],
    ['Hi<SCRIPT>never closed <b>x</b>', ['Hi']],
    ['<scripty>x</scripty>', ['<scripty>x</scripty>']],
    ['<svg><script>1</script></svg>Hi', ['Hi']],
    ['<img src=x onerror=alert(1)>Hi', ['Hi']],
    ['<a href="https://x.org/?a=1&amp;b=2" onclick="y()">l</a>', [a('https://x.org/?a=1&b=2', 'l')]],
    ["<a target=_blank href='mailto:a@x.org'>l</a>", [a('mailto:a@x.org', 'l')]],
    ['<a href=tel:+4930>l</a>', [a('tel:+4930', 'l')]],
    ['<a href = " https://x.org ">l</a>', [a('https://x.org', 'l')]],
    ['<a href="javascript:alert(1)">l</a>', [{ tag: 'a', children: ['l'] }]],
    ['<a href="java&#10;script:alert(1)">l</a>', [{ tag: 'a', children: ['l'] }]],
    ['<a href="/relative">l</a>', [{ tag: 'a', children: ['l'] }]],
    ['<b title="a > b">x</b>', [b('x')]],
    ['<b title="a < b">x</b>', [b('x')]],
    ['<b title="<i>">x</b>', ['<b title="', { tag: 'i', children: ['">x'] }]],
  ])('%j', (html, nodes) => {
    expect(parseRichText(html)).toEqual(nodes);
  });

  it('has a limited depth', () => {
    const html = cleanRichText(`${'<b>'.repeat(20_000)}x`);
    expect(html).toBe(`${'<b>'.repeat(30)}x${'</b>'.repeat(30)}`);
  });

  const PIECES = [
    '<a',
    '<',
    '<!',
    '<!--',
    '<script>',
    '<p title="',
    "<p title='",
    '&#',
    '</',
    '<svg></svg>',
    '<b>',
    '"<a" ',
    "'<a' ",
    `"<a" '<a' `,
    '"</a" ',
    '"<!" ',
    '"< " ',
    ' href=',
    ' href="',
    '#recall:x/fallback:',
  ];
  it.each(
    ['', '<a ', '<a "', "<a '", '<script ', '<!-- '].flatMap((begin) =>
      PIECES.map((piece) => [begin, piece]),
    ),
  )('begun with %j, %j repeated 20,000 times is parsed in less than a second', (begin = '', piece = '') => {
    const start = performance.now();
    cleanRichText(begin + piece.repeat(20_000));
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('plain text', () => {
  it.each([
    ['<p>How was</p><p><b>it</b>?</p>', 'How was it?'],
    ['one<br>two', 'one two'],
    ['<p><br></p>', ''],
    ['a < b', 'a < b'],
    ['<b>a &amp; b</b>', 'a & b'],
  ])('of %j', (html, words) => {
    expect(plainText(html)).toBe(words);
  });
});

describe('cleaned', () => {
  it.each([
    ['Plain & simple', 'Plain & simple'],
    ['&lt;b&gt;', '&lt;b&gt;'],
    ['<p onclick="x()">Hi<script>y()</script>', '<p>Hi</p>'],
    ['<div>a &amp; b</div>', 'a & b'],
    ['<div>&lt;img&gt;</div>', '<span>&lt;img&gt;</span>'],
    ['Rate <Product Name>', '<span>Rate &lt;Product Name&gt;</span>'],
    ['<img src=x onerror=alert(1) ', '<span>&lt;img src=x onerror=alert(1) </span>'],
    [
      '<a href="https://x.org/?q=&quot;&amp;&lt;">"l"</a>',
      '<a href="https://x.org/?q=&quot;&amp;&lt;">&quot;l&quot;</a>',
    ],
    ['x<br>y', 'x<br>y'],
    ['I <3 you, a < b, a <= b', 'I <3 you, a < b, a <= b'],
    ['<\0img src=x>', '<span>&lt;\0img src=x&gt;</span>'],
  ])('%j', (html, clean) => {
    expect(cleanRichText(html)).toBe(clean);
  });

  it('of 3,190 hostile texts only allowed tags are left, in our tree and in a browser’s', () => {
    expect(corpus).toHaveLength(3190);
    for (const html of corpus) {
      expect(oddities(parseRichText(html)), html).toEqual([]);
      const clean = cleanRichText(html);
      expect(cleanRichText(clean), html).toBe(clean);
    }
    // One document for all texts, so that leftovers of one can't be hidden by the next.
    expect(strangers(corpus.map((html) => `<p>${cleanRichText(html)}</p>`).join('\n'))).toEqual([]);
    // The control: without cleaning, the browser finds what isn't allowed.
    expect(
      corpus
        .filter((html) => /<[a-z]/i.test(html))
        .slice(0, 100)
        .filter((html) => strangers(html).length > 0).length,
    ).toBeGreaterThan(30);
  });

  const pieces = fc.constantFrom(
    ...'<b> </b> <i> <p> </p> <li> <ul> <br> <a href="https://x.org"> <a href=javascript:x> <script> </script> <svg> <div> <x-y> < > & &lt; &amp; &#60; " \' <!-- --> / = onclick a'.split(
      ' ',
    ),
    ' ',
  );
  const texts = fc.oneof(
    fc.array(pieces).map((list) => list.join('')),
    fc.string({ unit: 'binary' }),
  );
  it('random input leaves only allowed tags, and cleaning twice changes nothing', () => {
    fc.assert(
      fc.property(texts, (html) => {
        expect(oddities(parseRichText(html))).toEqual([]);
        const clean = cleanRichText(html);
        expect(cleanRichText(clean)).toBe(clean);
        expect(plainText(clean)).toBe(plainText(html));
        const tags = [...clean.matchAll(/<\/?([a-z!/?][^\s>]*)[^>]*>?/gi)].map(([, tag]) => tag);
        expect(tags.filter((tag) => !ALLOWED.includes(tag ?? ''))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
