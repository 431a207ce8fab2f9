/// <reference path="../css.d.ts" />
import type { ComponentChild } from 'preact';
import type { DrawField } from '../base/field-props.ts';
import { ChoiceField } from '../fields/ChoiceField.tsx';
import { ConsentField } from '../fields/ConsentField.tsx';
import { StatementField } from '../fields/StatementField.tsx';
import { FIELD_TEXTS } from '../texts/field-texts.ts';
import { addTexts } from '../texts/strings.ts';
import css from './list-fields.css?inline';

addTexts(FIELD_TEXTS);

/** Style sheet of the rows of lists, which other fields have, too. */
export const styles: readonly string[] = [css];

/**
 * Draws lists, consent and statements: fetched for surveys with more than scores and texts.
 *
 * No hooks in any field: they are all that would break on a page with two copies of the renderer.
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
