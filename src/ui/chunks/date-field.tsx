/// <reference path="../css.d.ts" />
import type { DateElement } from '../../core/survey/document.ts';
import type { DrawField, FieldProps } from '../base/field-props.ts';
import { DateField } from '../fields/DateField.tsx';
import css from '../fields/date-field.css?inline';

/** Style sheets of the calendar. */
export const styles: readonly string[] = [css];

/** Draws a date. */
export const draw: DrawField = (props) => <DateField {...(props as FieldProps<DateElement>)} />;
