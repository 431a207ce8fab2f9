/// <reference path="../css.d.ts" />
import type { ChoiceElement } from '../../core/survey/document.ts';
import type { DrawField, FieldProps } from '../base/field-props.ts';
import { DropdownField } from '../fields/DropdownField.tsx';
import css from '../fields/dropdown-field.css?inline';
import { styles as listStyles } from './list-fields.tsx';

/** Style sheets of the rows of lists and of the dropdown. */
export const styles: readonly string[] = [...listStyles, css];

/** Draws a choice as a dropdown. */
export const draw: DrawField = (props) => <DropdownField {...(props as FieldProps<ChoiceElement>)} />;
