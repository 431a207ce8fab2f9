import type { RenderedSurvey, RenderOptions } from '../api/types.ts';
import type { Settings, Survey } from '../core/survey/document.ts';
import { acceptFields } from '../core/survey/hidden-fields.ts';
import { embed, tell } from './embed.ts';

/** The settings of every survey drawn by `inkling.render`: those of the environment don't apply. */
const SETTINGS: Settings = {
  id: '',
  recontactDays: 0,
  clickOutsideClose: true,
  overlay: 'none',
  placement: 'bottomRight',
  inAppSurveyBranding: false,
  styling: {},
};

/**
 * Draws a document that the page passes: `inkling.render`. Rejects with the reason when it can't be drawn.
 *
 * @example
 * const survey = await render(document, { container: '#feedback', onFinish: ({ data }) => save(data) });
 */
export async function render(
  given: object,
  options: RenderOptions = {},
): Promise<RenderedSurvey | undefined> {
  const { container, language, hiddenFields = {}, prefill, skipPrefilled, startAt } = options;
  const target = typeof container === 'string' ? document.querySelector(container) : container;
  if (container !== undefined && !target) throw new Error(`there is no element ${container}`);
  if (typeof given !== 'object') throw new Error(`a document is an object, not a ${typeof given}`);
  const survey = given as Survey;
  const view = await embed({
    survey,
    settings: { ...SETTINGS, styling: survey.styling ?? {} },
    container: target ?? undefined,
    hiddenFields: acceptFields(survey.hiddenFields, hiddenFields),
    ...{ language, prefill, skipPrefilled, startAt },
    onStep: async ({ progress, data, elementIds, locale }) => {
      const { finished, variables, ttc, endingId } = progress;
      const answer = { data, elementIds, variables, ttc, finished, endingId, language: locale };
      tell(() => options.onAnswer?.(answer));
      if (finished) tell(() => options.onFinish?.(answer));
    },
    onClose: (reason) => tell(() => options.onClose?.(reason)),
  });
  return view && { close: () => view.close('dismissed') };
}
