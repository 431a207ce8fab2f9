/// <reference path="../css.d.ts" />
import type { FileElement } from '../../core/survey/document.ts';
import type { DrawField, FieldProps } from '../base/field-props.ts';
import { FileField } from '../fields/FileField.tsx';
import css from '../fields/file-field.css?inline';
import { styles as listStyles } from './list-fields.tsx';

/** Style sheets of the rows of lists and of the list of files. */
export const styles: readonly string[] = [...listStyles, css];

/** Draws a file upload. */
export const draw: DrawField = (props) => <FileField {...(props as FieldProps<FileElement>)} />;
