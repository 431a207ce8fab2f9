/// <reference path="../css.d.ts" />
import type { ComponentChild } from 'preact';
import type { DrawField } from '../base/field-props.ts';
import { CalField } from '../fields/CalField.tsx';
import { LinesField } from '../fields/LinesField.tsx';
import { PictureField } from '../fields/PictureField.tsx';
import css from './extra-fields.css?inline';
import { styles as listStyles } from './list-fields.tsx';

/** Style sheets of the rows of lists and of the fields below. */
export const styles: readonly string[] = [...listStyles, css];

/** Draws pictures, appointments, addresses and contact details. */
export function draw({ element, ...rest }: Parameters<DrawField>[0]): ComponentChild {
  switch (element.type) {
    case 'pictureSelection':
      return <PictureField element={element} {...rest} />;
    case 'cal':
      return <CalField element={element} {...rest} />;
    case 'address':
    case 'contactInfo':
      return <LinesField element={element} {...rest} />;
    default:
      return null;
  }
}
