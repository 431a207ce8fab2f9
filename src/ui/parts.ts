import type { ComponentChild } from 'preact';
import type { SurveyElement } from '../core/survey/document.ts';
import { atMost } from '../platform/wait.ts';
import type { DrawField, FieldProps } from './field.ts';

/** What draws some of the element types, fetched when a survey has one of them. */
export interface Part {
  /** The styles it needs; two parts may share one. */
  readonly styles: readonly string[];
  readonly draw: DrawField;
}

/** A visitor isn't held up longer by a part that neither comes nor fails. */
const PATIENCE_MS = 4000;

const LOADERS = {
  more: () => import('./more.tsx'),
  rare: () => import('./rare.tsx'),
  dropdown: () => import('./DropdownField.tsx'),
  matrix: () => import('./MatrixField.tsx'),
  ranking: () => import('./RankingField.tsx'),
  date: () => import('./DateField.tsx'),
  file: () => import('./FileField.tsx'),
} satisfies Readonly<Record<string, () => Promise<Part>>>;

type PartName = keyof typeof LOADERS;

/** What the first chunk doesn't draw. */
const PART_OF: Readonly<Record<string, PartName>> = {
  address: 'rare',
  cal: 'rare',
  consent: 'more',
  contactInfo: 'rare',
  cta: 'more',
  date: 'date',
  fileUpload: 'file',
  matrix: 'matrix',
  multipleChoiceMulti: 'more',
  multipleChoiceSingle: 'more',
  pictureSelection: 'rare',
  ranking: 'ranking',
};

const parts: Partial<Record<PartName, Part>> = {};
const missing = new Set<PartName>();
const watchers = new Set<() => void>();

/** Calls whenever a part has come, or can't be had. Gives what ends it. */
export function watchParts(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** The styles of the parts that are here. */
export function partStyles(): readonly string[] {
  return Object.entries(parts).flatMap(([, { styles }]) => styles);
}

/** Fetches what draws an element. False when it can't be had now: a later call tries again. */
export async function loadPart(element: SurveyElement): Promise<boolean> {
  const name = nameOf(element);
  if (!name || parts[name]) return true;
  const fetched = LOADERS[name]().then(
    (part) => {
      parts[name] = part;
    },
    () => {},
  );
  // Also when it comes late.
  void fetched.then(tell);
  await atMost(PATIENCE_MS, fetched);
  if (!parts[name]) missing.add(name);
  tell();
  return !!parts[name];
}

/** Whether an element can be drawn, is on its way, or can't be had: a card goes on without the last. */
export function partState(element: SurveyElement): 'here' | 'coming' | 'missing' {
  const name = nameOf(element);
  if (!name || parts[name]) return 'here';
  return missing.has(name) ? 'missing' : 'coming';
}

/** Draws the control of an element whose part is here. */
export function drawPart(props: FieldProps<SurveyElement>): ComponentChild {
  const name = nameOf(props.element);
  return name && parts[name]?.draw(props);
}

function nameOf(element: SurveyElement): PartName | undefined {
  return 'displayType' in element && element.displayType === 'dropdown' ? 'dropdown' : PART_OF[element.type];
}

function tell(): void {
  for (const watcher of watchers) watcher();
}
