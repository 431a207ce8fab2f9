/// <reference path="../css.d.ts" />
import type { RankingElement } from '../../core/survey/document.ts';
import type { DrawField, FieldProps } from '../base/field-props.ts';
import { RankingField } from '../fields/RankingField.tsx';
import css from '../fields/ranking-field.css?inline';
import { styles as listStyles } from './list-fields.tsx';

/** Style sheets of the rows of lists and of the ranking. */
export const styles: readonly string[] = [...listStyles, css];

/** Draws a ranking. */
export const draw: DrawField = (props) => <RankingField {...(props as FieldProps<RankingElement>)} />;
