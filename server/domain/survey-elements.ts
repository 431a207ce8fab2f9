import { blocksOf } from '../../src/core/survey/convert.ts';
import type { Block, Ending, LegacyQuestion, SurveyElement } from '../../src/core/survey/document.ts';
import type { SurveyRecord } from '../repo/surveys.ts';

const known = new WeakMap<SurveyRecord, readonly SurveyElement[]>();

/** Returns every element of a survey in order, converted where the document has questions; cached per loaded survey. */
export function elementsOf(survey: SurveyRecord): readonly SurveyElement[] {
  const present = known.get(survey);
  if (present) return present;
  const { document } = survey;
  const blocks = blocksOf({
    blocks: (document.blocks ?? []) as readonly Block[],
    questions: (document.questions ?? []) as readonly LegacyQuestion[],
    endings: (document.endings ?? []) as readonly Ending[],
  });
  const elements = blocks.flatMap((block) => block.elements);
  known.set(survey, elements);
  return elements;
}
