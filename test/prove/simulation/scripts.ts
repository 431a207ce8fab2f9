import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Everything a script sees: each name it doesn't declare itself is looked up here. */
export type Scope = Record<string, unknown>;

/** The files of a build, ready to be run any number of times, each time from nothing. */
export interface Scripts {
  /** Runs the tag's script. What it loads by `import()` it gets as a promise. */
  run: (scope: Scope) => void;
}

type Exports = Record<string, unknown>;
type Body = (
  scope: Scope,
  load: (name: string) => Promise<Exports>,
  get: (name: string) => Exports,
) => Exports;

/** Gives the text of a built file by its name: `inkling.js`, `chunks/ui.js`. */
export type ReadFile = (name: string) => string;

/** The build that is shipped. */
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
  // `with` is what lets every free name be looked up in the scope; strict functions may stand inside it.
  const make = new Function('$scope', '$load', '$get', `with($scope){return(()=>{${runnable}\n})()}`);
  return make as Body;
}
