import type { CloseReason } from '../api/close-reason.ts';
import type { Settings, Survey } from '../core/survey/document.ts';
import { wait } from '../platform/wait.ts';
import { attempt } from './attempt.ts';
import type { Features } from './base/features.ts';
import type { OpenSurvey, SurveyView } from './contract.ts';
import { blocksOf, isTooLarge, loadFeatures } from './load-features.ts';
import { loadField } from './load-fields.ts';
import { type Mounted, mount } from './mount.tsx';

export { toCurrent, unable } from './load-features.ts';

/**
 * Loads what the first card needs beyond this chunk, and the survey's logic, rules and rich content, which the view
 * takes as `features`. Rejects when any of it can't be loaded or a card is too large (limits.md 5), so that a survey
 * which can't be drawn isn't counted as shown.
 *
 * @param card the card at which a stored survey continues
 */
export async function prepare(survey: Survey, card?: string, settings?: Settings): Promise<Features> {
  const features = await loadFeatures(survey, settings);
  const blocks = blocksOf(survey, features);
  if (blocks.some(isTooLarge)) throw new Error('it is too large');
  const { elements = [] } = blocks.find(({ id }) => id === card) ?? blocks[0] ?? {};
  const isLoaded = await Promise.all(elements.map(loadField));
  if (isLoaded.includes(false)) throw new Error('a part of the survey can not be had');
  return features;
}

/**
 * Draws a survey into the host's shadow root, hidden until `show` is called, and keeps it on screen until it is
 * answered, left or closed.
 *
 * Never throws into the page: an error closes the survey with `destroyed`. Without an overlay the page's focus, scroll
 * position and keys stay as they are.
 *
 * @example
 * const features = await prepare(survey);
 * const open = openSurvey({ survey, features, ...rest });
 * open.show();
 * open.close('logout');
 */
export function openSurvey(view: SurveyView): OpenSurvey {
  let card: Mounted | undefined;
  let isOpen = true;
  const leave = (reason: CloseReason): void => {
    if (!isOpen) return;
    isOpen = false;
    attempt(() => card?.unmount());
    card = undefined;
    attempt(() => view.onClose(reason));
  };
  const run = (work: () => void): void => {
    if (!attempt(work)) leave('destroyed');
  };
  run(() => {
    const blocks = blocksOf(view.survey, view.features);
    const survey = { ...view.survey, blocks, endings: view.survey.endings ?? [] };
    card = mount({ ...view, survey }, leave);
  });
  // One step per task, so that none of them is a long task.
  const takeSteps = async (): Promise<void> => {
    let isMore = true;
    while (isMore) {
      await wait();
      isMore = false;
      run(() => {
        isMore = card?.step() ?? false;
      });
    }
  };
  void takeSteps();
  return { show: () => run(() => card?.show()), close: leave };
}
