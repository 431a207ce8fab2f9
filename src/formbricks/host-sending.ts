import { tell } from '../display/embed.ts';
import type { SurveyView } from '../ui/contract.ts';
import type { SurveyProps } from './survey-props.ts';

/**
 * Whether the host has sent everything, for the ending that waits for it: as the host reports it through the setters that
 * it asked for. Nothing where it asked for none.
 */
export function sendingOf(
  props: Pick<SurveyProps, 'getSetIsResponseSendingFinished' | 'getSetIsError'>,
): Pick<SurveyView, 'isSent' | 'onSent'> {
  const { getSetIsResponseSendingFinished: giveFinished, getSetIsError: giveError } = props;
  if (!giveFinished && !giveError) return {};
  let isSent = !giveFinished;
  let notify = (): void => {};
  const set = (value: boolean): void => {
    isSent = value;
    notify();
  };
  tell(() => giveFinished?.(set));
  tell(() => giveError?.((isError) => set(!isError)));
  return {
    isSent: () => isSent,
    onSent: (listener) => {
      notify = listener;
      return () => {
        notify = () => {};
      };
    },
  };
}
