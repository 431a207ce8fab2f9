/// <reference path="./css.d.ts" />
import type { ComponentChild } from 'preact';
import { ChoiceField } from './ChoiceField.tsx';
import { ConsentField } from './ConsentField.tsx';
import type { DrawField } from './field.ts';
import css from './more.css?inline';
import { StatementField } from './StatementField.tsx';

export { blocksOf } from '../core/survey/convert.ts';
export { findTarget } from '../core/survey/logic.ts';
export { css };

/**
 * Everything that a survey of scores and texts in a row does without: a chunk of its own, fetched when a document needs it.
 *
 * No hooks in here: should a page end up with two copies of the renderer, only those would notice.
 */
export function drawMore({ element, ...rest }: Parameters<DrawField>[0]): ComponentChild {
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
