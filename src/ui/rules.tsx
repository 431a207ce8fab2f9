import type { JSX } from 'preact';
import { findBroken as find } from '../core/survey/problems.ts';
import type { FindBroken } from '../core/survey/validate.ts';
import { announce } from './announce.ts';
import { RULE_TEXTS } from './rule-texts.ts';
import { addTexts, say } from './strings.ts';

/** What surveys need besides that ask for more than any answer; a chunk of its own, since most don't. */
export { tidyAnswer } from '../core/survey/problems.ts';

addTexts(RULE_TEXTS);

const DAY = { year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC' } as const;

/** The first broken rule, its days written as the visitor's own browser writes them. */
export const findBroken: FindBroken = (element, answer) => {
  const problem = find(element, answer);
  if (element.type !== 'date' || !problem?.count) return problem;
  const count = `${problem.count}`.replace(/\d{4}-\d\d-\d\d/g, (day) =>
    Number.isNaN(Date.parse(day)) ? day : new Date(day).toLocaleDateString([], DAY),
  );
  return { ...problem, count };
};

/** How much of a text there may be, and is. */
export function Counter({ text, max }: { readonly text: string; readonly max: number }): JSX.Element {
  return (
    <>
      <p class={text.length > max ? 'note count over' : 'note count'} aria-hidden="true">
        {text.length}/{max}
      </p>
      <p role="status" ref={(region) => announce(region, text && sayRoom(max - text.length, max))} />
    </>
  );
}

/** What is left, or how much there may be. */
function sayRoom(left: number, max: number): string {
  return left < 0 ? say('max_length', max) : say('characters_left', left);
}
