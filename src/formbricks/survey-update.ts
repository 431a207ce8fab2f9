import type { Step } from '../ui/contract.ts';
import type { SurveyUpdate } from './survey-props.ts';

/** A submitted card as the host gets it: the answers of this card alone. */
export function toUpdate(
  { progress, data, elementIds, locale }: Step,
  host: Pick<SurveyUpdate, 'hiddenFields' | 'meta'>,
): SurveyUpdate {
  const { ttc, finished, variables, endingId } = progress;
  const own = Object.entries(data).filter(([id]) => elementIds.includes(id));
  return {
    ...{ data: Object.fromEntries(own), ttc, finished, language: locale, variables, endingId },
    ...host,
  };
}

/** The page that a survey is drawn on. A web view that was loaded from a text has no address to send. */
export function describePage(action: string | undefined): SurveyUpdate['meta'] {
  const { protocol, origin, pathname, search } = location;
  const source = new URLSearchParams(search).get('source');
  return {
    ...(/^https?:$/.test(protocol) && { url: origin + pathname }),
    ...(source !== null && { source }),
    ...(action !== undefined && { action }),
  };
}
