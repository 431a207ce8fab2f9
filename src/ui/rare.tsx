/// <reference path="./css.d.ts" />
import type { ComponentChild } from 'preact';
import { CalField } from './CalField.tsx';
import type { DrawField } from './field.ts';
import { LinesField } from './LinesField.tsx';
import { styles as listStyles } from './more.tsx';
import { PictureField } from './PictureField.tsx';
import css from './rare.css?inline';

/** The rows of lists, and what is added here. */
export const styles: readonly string[] = [...listStyles, css];

/** Pictures, appointments, addresses and contact details. */
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
