// Builds the renderer on Preact's sources without the code that the renderer never runs.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../node_modules/preact/src/', import.meta.url));
const FILES = ['component.js', 'constants.js', 'create-element.js', 'options.js', 'render.js', 'util.js'];
FILES.push('diff/catch-error.js', 'diff/children.js', 'diff/index.js', 'diff/props.js');

/** Features that src/ui must not use, since they are left out below; test/slim-preact.test.ts searches for them. */
export const LEFT_OUT =
  /(?<!document\.)\b(hydrate|createContext|createPortal|createRef|createElement|cloneElement|toChildArray|getDerivedStateFrom\w+|getChildContext|getSnapshotBeforeUpdate|component(WillMount|WillUpdate|DidUpdate|WillReceiveProps)|shouldComponentUpdate|forceUpdate|contextType|dangerouslySetInnerHTML|default(Value|Checked)|foreignObject|xlink\w+|on\w+Capture|(width|height|list|form|download|rowSpan|colSpan|popover)=|preact\/\w+)\b/;

/**
 * Each feature that this renderer never uses, with the edit that removes it from Preact's text (without comments, each
 * white space one blank). Each edit must match, so that another version of Preact stops the build instead of breaking
 * the renderer unnoticed.
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
  ['nothing suspends', / if \(oldDom && !oldDom\.parentNode\) \{ .*?\} (?=let dom)/],
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
  ['those are no arguments', /, (isHydrating|excessDomChildren|globalContext)\b/g],
  ['those are no conditions', /\bisHydrating\b/g, 'false'],
  ['there are no portals', / if \(newProps\._parentDom\) \{ tmp = oldDom; .*?(?= oldDom = diffChildren)/],
  ['there are no portals', / if \(newProps\._parentDom\) \{ newVNode\._dom = NULL; .*?\}/],
  ['there are no portals', /\b(\w+\.)*props\._parentDom\b/g, 'false'],
  ['no component has these', / if \(newType\.getDerivedStateFromProps\) \{ .*? \); \}/],
  ['no component has these', /\bnewType\.getDerivedStateFromProps\b/g, 'false'],
  [
    'nothing but a state makes a component draw',
    / markAsForce\(newVNode\);| (c|component)\._bits [&|]= ~?COMPONENT_FORCE;/g,
  ],
  ['nothing but a state makes a component draw', / oldProps = c\.props; oldState = c\.state;/],
  ['no component has these', / if \( isClassComponent && oldVNode\._component && c\.getSnapshot.*?\}/],
  ['no component has these', / if \( newProps !== oldProps && .*?\}/],
  ['no component has these', / if \(\(handled = ctor && .*?\}/],
  ['no component has these', /\bc\.component(WillMount|WillUpdate|DidUpdate)\b(?!\()/g, 'false'],
  ['no component has these', /BaseComponent\.prototype\.forceUpdate = .*? \}; /],
  ['what is drawn is new', / if \( \(newVNode\._original == oldVNode\._original .*? break outer; \}/],
  ['what is drawn is new', / newVNode\._original = oldVNode\._original( \+ 1)?;/g],
  ['nothing changes while it is drawn', / let renderHook = .*?(?= c\._bits &= ~COMPONENT_DIRTY)/],
  ['nothing changes while it is drawn', / if \(renderHook\) renderHook\(newVNode\);/],
  ['nothing changes while it is drawn', / \} while \(c\._bits & COMPONENT_DIRTY .*?;/],
  ['nobody looks on', / if \(\(tmp = options\.\w+\)\) tmp\(newVNode\);/g],
  ['nobody looks on', / if \((!original && )?options\.\w+\) options\.\w+\(.*?\);/g],
  // Some pages don't have `queueMicrotask`.
  ['a promise is the queue', / \|\| prevDebounce != options\.debounceRendering/],
  ['a promise is the queue', / prevDebounce = options\.debounceRendering;/],
  [
    'a promise is the queue',
    /\(prevDebounce \|\| queueMicrotask\)\(process\)/g,
    'Promise.resolve().then(process)',
  ],
  ['a promise is the queue', /options\._catchError/g, '_catchError'],
  [
    'a promise is the queue',
    /import options from '\.\.\/options';(?= import \{ assign, isArray, removeNode)/,
    "import { _catchError } from './catch-error';",
  ],
  ['nobody looks on', /options\.event \? options\.event\(e\) : e/, 'e'],
  [
    'markup is never text',
    / if \(newHtml\) \{ .*? \} else \{ if \(oldHtml\) dom\.textContent = ''; .*?(?= diffChildren)/,
    ' {',
  ],
  ['markup is never text', / if \(i == 'dangerouslySetInnerHTML'\) \{ oldHtml = value; \} else/],
  ['markup is never text', / else if \(i == 'dangerouslySetInnerHTML'\) \{ newHtml = value; \}/],
  ['there is no formula', / else if \(nodeType == 'math'\) namespace = MATH_NAMESPACE;/],
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
    'nothing captures',
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

/** A file on one line, without its comments. */
function read(id) {
  return readFileSync(id, 'utf8')
    .replace(/\/\*.*?\*\/|^\s*\/\/.*?$|(?<=; )\/\/.*?$/gms, '')
    .replace(/\s+/g, ' ');
}

const PRIVATE = /(?<![\w'])_[a-z]\w*/g;
/** Short names for Preact's private properties, the same in each build. */
const NAMES = new Map(
  [...new Set(FILES.flatMap((file) => read(join(src, file)).match(PRIVATE) ?? []))].map((name, index) => [
    name,
    `$${index.toString(36)}`,
  ]),
);

/** Plugin that replaces the package by the slimmed Preact, with short private names. */
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
      const jsx = (type, props, key) => createVNode(type, props, key, props.ref, null);
      export { Fragment, jsx, jsx as jsxs };`,
  };
  return {
    name: 'slim-preact',
    enforce: 'pre',
    resolveId(id, importer = '') {
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
