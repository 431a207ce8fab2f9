import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The global scope of a script: each name it doesn't declare itself is looked up here. */
export type Scope = Record<string, unknown>;

/** The files of a build, to be run any number of times, each time with fresh modules. */
export interface Scripts {
  /** Runs the tag's script. `import()` resolves to the chunks of the same build. */
  run: (scope: Scope) => void;
}

type Exports = Record<string, unknown>;
type Body = (
  scope: Scope,
  load: (name: string) => Promise<Exports>,
  get: (name: string) => Exports,
) => Exports;

/** Returns the text of a built file by its name: `inkling.js`, `chunks/ui.js`. */
export type ReadFile = (name: string) => string;

/** Reads the build in `dist`. */
export const readShipped: ReadFile = (name) => readFileSync(join('dist', name), 'utf8');

/**
 * Makes the shipped files runnable outside a browser: the text of each stays as it is but for its `import` and
 * `export`, which Node would resolve by its own rules.
 */
export function loadScripts(read: ReadFile = readShipped): Scripts {
  const bodies = new Map<string, Body>();
  const bodyOf = (name: string): Body => {
    const known = bodies.get(name);
    if (known) return known;
    const body = compile(read(name), name);
    bodies.set(name, body);
    return body;
  };
  return {
    run: (scope) => {
      const loaded = new Map<string, Exports>();
      const get = (address: string): Exports => {
        const name = `chunks/${basename(address)}`;
        const known = loaded.get(name);
        if (known) return known;
        const exports = bodyOf(name)(scope, load, get);
        loaded.set(name, exports);
        return exports;
      };
      const load = async (address: string): Promise<Exports> => get(address);
      bodyOf('inkling.js')(scope, load, get);
    },
  };
}

const NAMES = String.raw`\{([^}]*)\}`;

function compile(text: string, name: string): Body {
  const rename = (names: string, from: string, to: string): string =>
    names
      .split(',')
      .filter(Boolean)
      .map((one) => {
        const [left = '', right = left] = one.trim().split(' as ');
        return `${from === 'left' ? left : right}:${to === 'left' ? left : right}`;
      })
      .join(',');
  const runnable = text
    .replace(new RegExp(`import${NAMES}from["\`']([^"\`']+)["\`'];`, 'g'), (_, names, from) => {
      return `const{${rename(names, 'left', 'right')}}=$get("${from}");`;
    })
    .replace(new RegExp(`export${NAMES};?\\s*$`), (_, names) => `return{${rename(names, 'right', 'left')}}`)
    .replaceAll(/\bimport\(/g, '$load(');
  if (/\b(import|export)\b\s*[{*(]/.test(runnable))
    throw new Error(`${name} has an import of an unknown form.`);
  // Only `with` looks up every free name in the scope; strict functions may be inside it.
  const make = new Function('$scope', '$load', '$get', `with($scope){return(()=>{${runnable}\n})()}`);
  return make as Body;
}
