import type { ComponentChild } from 'preact';
import { parseRichText, type RichNode } from '../../core/survey/rich-text.ts';
import type { Fill } from '../base/features.ts';

/** Draws a text as nodes: allowed tags only, recalled values always as plain text. */
export function drawText(text: string, fill: Fill): ComponentChild {
  return parseRichText(text).map((node) => drawNode(node, fill));
}

function drawNode(node: RichNode, fill: Fill): ComponentChild {
  if (typeof node === 'string') return fill(node);
  const { tag, href, children } = node;
  const address = href && fill(href, true);
  const link = address && { href: address, target: '_blank', rel: 'noopener' };
  // Any of the allowed tags: to the compiler they are all alike.
  const Tag = tag as 'a';
  return <Tag {...link}>{children.map((child) => drawNode(child, fill))}</Tag>;
}
