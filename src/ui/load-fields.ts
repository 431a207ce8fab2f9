import type { ComponentChild } from 'preact';
import type { SurveyElement } from '../core/survey/document.ts';
import { atMost } from '../platform/wait.ts';
import type { DrawField, FieldProps } from './base/field-props.ts';

/** A chunk that draws some of the element types, fetched when a survey has one of them. */
export interface FieldChunk {
  /** The style sheets it needs; two chunks may share one. */
  readonly styles: readonly string[];
  readonly draw: DrawField;
}

/** Longest time a visitor waits for a chunk that neither arrives nor fails. */
const LOAD_MS = 4000;

const LOADERS = {
  list: () => import('./chunks/list-fields.tsx'),
  extra: () => import('./chunks/extra-fields.tsx'),
  dropdown: () => import('./chunks/dropdown-field.tsx'),
  matrix: () => import('./chunks/matrix-field.tsx'),
  ranking: () => import('./chunks/ranking-field.tsx'),
  date: () => import('./chunks/date-field.tsx'),
  file: () => import('./chunks/file-field.tsx'),
} satisfies Readonly<Record<string, () => Promise<FieldChunk>>>;

type ChunkName = keyof typeof LOADERS;

/** The chunk that draws an element type; the first chunk itself draws those that are absent here. */
const CHUNK_OF: Readonly<Record<string, ChunkName>> = {
  address: 'extra',
  cal: 'extra',
  consent: 'list',
  contactInfo: 'extra',
  cta: 'list',
  date: 'date',
  fileUpload: 'file',
  matrix: 'matrix',
  multipleChoiceMulti: 'list',
  multipleChoiceSingle: 'list',
  pictureSelection: 'extra',
  ranking: 'ranking',
};

/** Chunks that have arrived; they stay for the page's next survey. */
const loaded: Partial<Record<ChunkName, FieldChunk>> = {};
const failed = new Set<ChunkName>();
const listeners = new Set<() => void>();

/** Calls whenever a chunk has arrived, or failed to. Returns an unsubscribe function. */
export function watchFields(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The style sheets of the chunks that have arrived. */
export function fieldStyles(): readonly string[] {
  return Object.entries(loaded).flatMap(([, { styles }]) => styles);
}

/**
 * Fetches the chunk that draws an element, and resolves to true once it is there. Resolves to false when it failed or
 * takes longer than four seconds; it still counts when it arrives later, and a later call tries again.
 */
export async function loadField(element: SurveyElement): Promise<boolean> {
  const name = chunkOf(element);
  if (!name || loaded[name]) return true;
  const fetched = LOADERS[name]().then(
    (chunk) => {
      loaded[name] = chunk;
    },
    () => {},
  );
  // Also when it arrives late.
  void fetched.then(notify);
  await atMost(LOAD_MS, fetched);
  if (!loaded[name]) failed.add(name);
  notify();
  return !!loaded[name];
}

/** Whether an element can be drawn, is being loaded, or could not be loaded: the last is no obstacle to a card. */
export function fieldState(element: SurveyElement): 'loaded' | 'loading' | 'failed' {
  const name = chunkOf(element);
  if (!name || loaded[name]) return 'loaded';
  return failed.has(name) ? 'failed' : 'loading';
}

/** Draws the control of an element whose chunk has arrived. */
export function drawLoaded(props: FieldProps<SurveyElement>): ComponentChild {
  const name = chunkOf(props.element);
  return name && loaded[name]?.draw(props);
}

function chunkOf(element: SurveyElement): ChunkName | undefined {
  return 'displayType' in element && element.displayType === 'dropdown' ? 'dropdown' : CHUNK_OF[element.type];
}

function notify(): void {
  for (const listener of listeners) listener();
}
