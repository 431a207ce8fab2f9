import type { ActionClass, Survey } from '../core/survey/document.ts';
import { askGates, type Facts, type Gate, type Moment } from '../core/targeting/gates.ts';
import { historyOf, type Showing } from '../core/targeting/history.ts';
import { rollFor } from '../core/targeting/sampling.ts';
import { currentUser, type DeviceState, serverHistory } from '../session/state.ts';
import type { WireEnvironment } from '../wire/environment.ts';

/** Facts of a decision, beyond the device's state. */
export interface DecisionFacts extends Pick<Facts, 'now' | 'fired' | 'isForgetful'>, Moment {
  readonly showings: readonly Showing[];
}

/**
 * Asks every gate whether a survey may open at this moment. A document that is broken in some unforeseen way disables
 * that survey, not the page's other surveys.
 */
export function decide(survey: Survey, state: DeviceState, facts: DecisionFacts): readonly Gate[] {
  const { userId: who, seed, counts = {}, environment } = state;
  const { workspace, project, recaptchaSiteKey } = environment?.data ?? ({} as Partial<WireEnvironment>);
  try {
    return askGates(survey, {
      ...facts,
      ...{ who, counts },
      segments: currentUser(state)?.data.segments,
      history: historyOf(survey.id, who, facts.showings, serverHistory(state)),
      roll: rollFor(who ?? seed, survey.id),
      settings: workspace ?? project ?? { recontactDays: 0 },
      hasRecaptcha: recaptchaSiteKey !== undefined,
    });
  } catch (error) {
    return [{ code: 'unsupported', pass: false, used: `${error}` }];
  }
}

/** Finds an action's class by its name. */
export function findAction(actions: readonly ActionClass[], name: string): ActionClass | undefined {
  return actions.find((action) => action.name === name);
}

/** Whether these actions fire again by themselves on the next page, unlike calls and clicks. */
export function doRepeat(actions: readonly ActionClass[], names: readonly string[]): boolean {
  return names.every((name) => {
    const { type, noCodeConfig } = findAction(actions, name) ?? {};
    return type === 'noCode' && noCodeConfig?.type !== 'click';
  });
}

/** Whether a survey counts how often an action fires. */
export function isCounted(surveys: readonly Survey[], name: string): boolean {
  return surveys.some(({ triggers }) =>
    triggers?.some(({ actionClass, occurrence }) => occurrence && actionClass?.name === name),
  );
}
