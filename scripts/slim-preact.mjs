// Builds the renderer with Preact's sources, without the code for features that the renderer never uses.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../node_modules/preact/src/', import.meta.url));
const keyByText = fileURLToPath(new URL('../src/ui/base/key-by-text.ts', import.meta.url));
const FILES = ['component.js', 'constants.js', 'create-element.js', 'options.js', 'render.js', 'util.js'];
FILES.push('diff/catch-error.js', 'diff/children.js', 'diff/index.js', 'diff/props.js');

/** Features that src/ui must not use, since they are removed below; test/slim-preact.test.ts checks it. */
export const LEFT_OUT =
  /(?<!document\.)\b(hydrate|createContext|createPortal|createRef|createElement|cloneElement|toChildArray|getDerivedStateFrom\w+|getChildContext|getSnapshotBeforeUpdate|component(WillMount|WillUpdate|DidUpdate|WillReceiveProps)|shouldComponentUpdate|forceUpdate|contextType|dangerouslySetInnerHTML|default(Value|Checked)|foreignObject|xlink\w+|on\w+Capture|(width|height|list|form|download|rowSpan|colSpan|popover)=|preact\/\w+)\b/;

/**
 * Facts about this renderer, and the replacements in Preact's sources that follow, applied to the text without comments
 * and with single spaces. Each must match, so that another version of Preact stops the build instead of breaking the
 * renderer unnoticed.
 *
 * @type {[reason: string, find: RegExp, instead?: string][]}
 */
const FACTS = [
  [
    'nothing suspends',
    / if \( oldVNode\._flags & MODE_SUSPENDED .*? oldDom = excessDomChildren\[0\] \|\| oldDom; \}/,
  ],
  [
    'nothing suspends',
    / if \(isHydrating \|\| excessDomChildren\) .*?(?=\{ newVNode\._dom = oldVNode\._dom; \} if)/,
  ],
  ['nothing suspends', / if \(!\(e && e\.then\)\)/],
  ['nothing suspends', / if \(resumed\) resumed\.some\(removeNode\);/],
  ['nothing suspends', / newVNode\._flags &= RESET_MODE;/],
  ['nothing suspends', / \|\| oldVNode\._flags & REF_DETACHED/],
  ['nothing suspends', / if \( !skipRemove && .*?(?= if \(!skipRemove\))/],
  [
    // A translator, that is: the next text stands in an element of its own by then.
    'others move texts',
    / if \(oldDom && !oldDom\.parentNode\) \{ .*?\} (?=let dom)/,
    ' if (oldDom && oldDom.parentNode != parentDom) oldDom = NULL; ',
  ],
  ['nothing is hydrated', / if \(excessDomChildren\) \{ for .*?(?= if \(!dom\))/],
  ['nothing is hydrated', / if \(isHydrating\) \{ .*?\}/],
  ['nothing is hydrated', / excessDomChildren = (NULL|nodeType == [^;]*);/g],
  ['nothing is hydrated', / if \(!isHydrating && excessDomChildren\) \{ .*? \} \}/],
  ['nothing is hydrated', / if \(excessDomChildren\) excessDomChildren\.some\(removeNode\);/],
  ['nothing is hydrated', / excessDomChildren \? excessDomChildren\[0\] :/],
  ['nothing is hydrated', / oldVNode\._flags & MODE_HYDRATE( \? \[oldDom\] : NULL)?,/g],
  ['nothing is hydrated', / let isHydrating = vnode && vnode\._flags & MODE_HYDRATE;/],
  ['a root is an empty element', / oldVNode \? NULL : parentDom\.firstChild \? .*? : NULL,/],
  [
    'a root is an empty element',
    /oldVNode \? oldVNode\._dom : parentDom\.firstChild/,
    'oldVNode && oldVNode._dom',
  ],
  ['a root is an empty element', / if \(parentDom\.nodeType == 9\) \{.*?\}/],
  ['there is no context', / EMPTY_OBJ,(?= parentDom\.namespaceURI)/],
  ['there is no context', / tmp = newType\.contextType; .*? : globalContext;/],
  ['there is no context', / if \(provider\) provider\.sub\(c\);| c\._globalContext = globalContext;/g],
  ['there is no context', / component\._globalContext,| r\._globalContext =| (c|this)\.context = \w+;/g],
  ['there is no context', / if \(c\.getChildContext\) \{ .*? \}/],
  ['there is no context', /, (c\.)?context(?=\))/g],
  ['there is no context', /, componentContext\b|(?<=\() componentContext\b/g],
  ['arguments of removed features', /, (isHydrating|excessDomChildren|globalContext)\b/g],
  ['hydration is always off', /\bisHydrating\b/g, 'false'],
  ['there are no portals', / if \(newProps\._parentDom\) \{ tmp = oldDom; .*?(?= oldDom = diffChildren)/],
  ['there are no portals', / if \(newProps\._parentDom\) \{ newVNode\._dom = NULL; .*?\}/],
  ['there are no portals', /\b(\w+\.)*props\._parentDom\b/g, 'false'],
  ['no component has these methods', / if \(newType\.getDerivedStateFromProps\) \{ .*? \); \}/],
  ['no component has these methods', /\bnewType\.getDerivedStateFromProps\b/g, 'false'],
  [
    'only a state change renders a component',
    / markAsForce\(newVNode\);| (c|component)\._bits [&|]= ~?COMPONENT_FORCE;/g,
  ],
  ['only a state change renders a component', / oldProps = c\.props; oldState = c\.state;/],
  [
    'no component has these methods',
    / if \( isClassComponent && oldVNode\._component && c\.getSnapshot.*?\}/,
  ],
  ['no component has these methods', / if \( newProps !== oldProps && .*?\}/],
  ['no component has these methods', / if \(\(handled = ctor && .*?\}/],
  ['no component has these methods', /\bc\.component(WillMount|WillUpdate|DidUpdate)\b(?!\()/g, 'false'],
  ['no component has these methods', /BaseComponent\.prototype\.forceUpdate = .*? \}; /],
  ['no vnode is reused', / if \( \(newVNode\._original == oldVNode\._original .*? break outer; \}/],
  ['no vnode is reused', / newVNode\._original = oldVNode\._original( \+ 1)?;/g],
  ['no state changes during a render', / let renderHook = .*?(?= c\._bits &= ~COMPONENT_DIRTY)/],
  ['no state changes during a render', / if \(renderHook\) renderHook\(newVNode\);/],
  ['no state changes during a render', / \} while \(c\._bits & COMPONENT_DIRTY .*?;/],
  ['there are no option hooks', / if \(\(tmp = options\.\w+\)\) tmp\(newVNode\);/g],
  ['there are no option hooks', / if \((!original && )?options\.\w+\) options\.\w+\(.*?\);/g],
  // Each of several events in one task finds the controls as the one before has left them.
  ['a state change renders at once', / \|\| prevDebounce != options\.debounceRendering/],
  ['a state change renders at once', / prevDebounce = options\.debounceRendering;/],
  ['a state change renders at once', /\(prevDebounce \|\| queueMicrotask\)\(process\)/g, 'process()'],
  ['there are no option hooks', /options\._catchError/g, '_catchError'],
  [
    'there are no option hooks',
    /import options from '\.\.\/options';(?= import \{ assign, isArray, removeNode)/,
    "import { _catchError } from './catch-error';",
  ],
  ['there are no option hooks', /options\.event \? options\.event\(e\) : e/, 'e'],
  [
    'no markup is set as text',
    / if \(newHtml\) \{ .*? \} else \{ if \(oldHtml\) dom\.textContent = ''; .*?(?= diffChildren)/,
    ' {',
  ],
  ['no markup is set as text', / if \(i == 'dangerouslySetInnerHTML'\) \{ oldHtml = value; \} else/],
  ['no markup is set as text', / else if \(i == 'dangerouslySetInnerHTML'\) \{ newHtml = value; \}/],
  ['there is no MathML', / else if \(nodeType == 'math'\) namespace = MATH_NAMESPACE;/],
  ['there are no such elements', /\(nodeType == 'template' && dom\.content\) \|\| /],
  ['there are no such elements', /, newProps\.is \? newProps : parentDom/],
  ['there are no such elements', /parentDom\.ownerDocument \|\| document/, 'document'],
  ['there are no such properties', / && !\(i == '(value|checked)' && '\w+' in newProps\)/g],
  [
    'a style is custom properties',
    /(?<=if \(name == 'style'\) \{).*?(?=\} else if \(name\[0\] == 'o')/,
    ' for (name in value) dom.style.setProperty(name, value[name]); ',
  ],
  ['there are no such properties', /name != '(width|height|list|form|download|rowSpan|colSpan|popover)' &&/g],
  ['there are no such properties', /name == 'popover' && value == true \? '' : /],
  ['a listener is a function', / if \(typeof (value|oldValue) != 'function'\) \w+ = NULL;/g],
  [
    'no listener captures',
    / useCapture = name != [^;]*;|, useCapture(?=\))| const CAPTURE_REGEX = [^;]*;| let useCapture;/g,
  ],
  ['names are those of the DOM', / name = name\.replace\(\/xlink[^;]*;/],
  ['names are those of the DOM', / if \(name\[0\] < 'a'\)/],
  [
    'a ref is a function without a result',
    /if \(typeof ref == 'function'\) \{ if \(value\) .*? \} else ref\.current = value/,
    'ref(value)',
  ],
  ['a ref is a function without a result', / && \(!r\.current \|\| r\.current == vnode\._dom\)/],
  ['there are no comments', / while \(next && next\.nodeType == 8\) next = next\.nextSibling;/],
  [
    'there are no comments',
    / while \( \(oldDom = oldDom && oldDom\.nextSibling\) .*?\);/,
    ' oldDom = oldDom && oldDom.nextSibling;',
  ],
];

/** The text of a file on one line, without comments. */
function read(id) {
  return readFileSync(id, 'utf8')
    .replace(/\/\*.*?\*\/|^\s*\/\/.*?$|(?<=; )\/\/.*?$/gms, '')
    .replace(/\s+/g, ' ');
}

const PRIVATE = /(?<![\w'])_[a-z]\w*/g;
/** Short names for Preact's private ones, the same in each build. */
const NAMES = new Map(
  [...new Set(FILES.flatMap((file) => read(join(src, file)).match(PRIVATE) ?? []))].map((name, index) => [
    name,
    `$${index.toString(36)}`,
  ]),
);

/** A plugin that replaces the package by Preact as this renderer needs it, with short private names. */
export function slimPreact() {
  const found = new Set();
  const ids = new Map([
    ['preact', 'preact:index'],
    ['preact/jsx-runtime', 'preact:jsx-runtime'],
  ]);
  const ENTRIES = {
    'preact:index': `
      export { render } from './render.js';
      export { Fragment } from './create-element.js';
      export { BaseComponent as Component } from './component.js';`,
    'preact:jsx-runtime': `
      import { createVNode, Fragment } from './create-element.js';
      import { keyByText } from ${JSON.stringify(keyByText)};
      const jsx = (type, props, key) =>
        createVNode(type, props, keyByText(type, props.children, key), props.ref, null);
      export { Fragment, jsx, jsx as jsxs };`,
  };
  return {
    name: 'slim-preact',
    enforce: 'pre',
    resolveId(id, importer = '') {
      if (id === keyByText) return id;
      if (ids.has(id)) return `\0${ids.get(id)}`;
      if (!importer.startsWith('\0preact:') && !importer.startsWith(src)) return undefined;
      return join(importer.startsWith(src) ? dirname(importer) : src, id.replace(/(\.js)?$/, '.js'));
    },
    load(id) {
      const entry = ENTRIES[id.slice(1)];
      if (entry) return entry;
      if (!id.startsWith(src)) return undefined;
      let text = read(id);
      for (const fact of FACTS) {
        const [, find, instead = ''] = fact;
        text = text.replace(find, () => {
          found.add(fact);
          return instead;
        });
      }
      return text.replace(PRIVATE, (name) => NAMES.get(name) ?? name);
    },
    buildEnd(error) {
      const idle = FACTS.filter((fact) => !found.has(fact));
      if (!error && found.size && idle.length) {
        throw new Error(
          `Preact is not as expected:\n${idle.map(([reason, find]) => `${reason}: ${find}`).join('\n')}`,
        );
      }
    },
  };
}
