/// <reference path="./css.d.ts" />
import type { ComponentChild } from 'preact';
import { ChoiceField } from './ChoiceField.tsx';
import { ConsentField } from './ConsentField.tsx';
import type { DrawField } from './field.ts';
import css from './more.css?inline';
import { PART_TEXTS } from './part-texts.ts';
import { StatementField } from './StatementField.tsx';
import { addTexts } from './strings.ts';

addTexts(PART_TEXTS);

export { pickChoice } from '../core/survey/choices.ts';
export { picksOf } from '../core/survey/picks.ts';
export { OtherBox, orderOf, reveal } from './ChoiceField.tsx';

/** What the rows of lists look like, for parts that have such rows, too. */
export const styles: readonly string[] = [css];

/**
 * Lists, consent and statements: what a survey of scores and texts does without.
 *
 * No hooks in any part: should a page end up with two copies of the renderer, only those would notice.
 */
export function draw({ element, ...rest }: Parameters<DrawField>[0]): ComponentChild {
  switch (element.type) {
    case 'multipleChoiceSingle':
    case 'multipleChoiceMulti':
      return <ChoiceField element={element} {...rest} />;
    case 'consent':
      return <ConsentField element={element} {...rest} />;
    case 'cta':
      return <StatementField element={element} {...rest} />;
    default:
      return null;
  }
}
