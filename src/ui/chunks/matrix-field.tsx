/// <reference path="../css.d.ts" />
import type { MatrixElement } from '../../core/survey/document.ts';
import type { DrawField, FieldProps } from '../base/field-props.ts';
import { MatrixField } from '../fields/MatrixField.tsx';
import css from '../fields/matrix-field.css?inline';
import { styles as listStyles } from './list-fields.tsx';

/** Style sheets of the rows of lists and of the table. */
export const styles: readonly string[] = [...listStyles, css];

/** Draws a matrix. */
export const draw: DrawField = (props) => <MatrixField {...(props as FieldProps<MatrixElement>)} />;
