import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { orderChoices } from '../core/survey/choices.ts';
import type { AnswerValue, Choice, ChoiceElement, Survey, Text } from '../core/survey/document.ts';
import { goBack, openProgress, type Progress, percentOf, submitCard } from '../core/survey/progress.ts';
import { textOf } from '../core/survey/text.ts';
import { toData } from '../core/survey/to-data.ts';
import { isSafeLink, isWebAddress, type Problem } from '../core/survey/validate.ts';
import { startClock } from './clock.ts';
import type { CloseReason, SurveyView } from './contract.ts';
import { useCardFocus, useProblemFocus } from './focus.ts';
import { Heading } from './Heading.tsx';
import { CheckIcon, CloseIcon } from './icons.tsx';
import { useAutoClose, useEnding } from './leaving.ts';
import { Question } from './Question.tsx';
import { say } from './strings.ts';
import { stylingOf } from './theme.ts';

/** What the card needs besides the view. */
export interface SurveyCardProps {
  readonly view: SurveyView;
  /** The dialog around the card. */
  readonly box: HTMLElement;
  readonly leave: (reason: CloseReason) => void;
}

/** One survey on screen: holds where the visitor stands, asks core what follows, draws it. Keeps no rules. */
export function SurveyCard({ view, box, leave }: SurveyCardProps): JSX.Element {
  const { survey, settings, language, hiddenFields, onStep } = view;
  const { blocks, endings, welcomeCard } = survey;
  const [progress, setProgress] = useState(() => openProgress(survey, view.progress));
  const [answers, setAnswers] = useState<Readonly<Record<string, AnswerValue | undefined>>>(progress.answers);
  const [problems, setProblems] = useState<Readonly<Record<string, Problem>>>({});
  const [refusals, setRefusals] = useState(0);
  const [clock] = useState(startClock);
  const isBusy = useRef(false);
  const order = useOrder();
  const t = (text: Text | undefined): string => textOf(text, language);

  const { card, finished, trail } = progress;
  const index = blocks.findIndex(({ id }) => id === card);
  const block = blocks[index];
  const ending = endings.find(({ id }) => id === card);
  const isFirst = card === 'start' || (index === 0 && !welcomeCard?.enabled);
  const percent = percentOf(survey, progress);

  useLayoutEffect(() => clock.turnTo(block?.elements[0]?.id ?? ''), [card]);
  useCardFocus(box, card);
  useProblemFocus(box, refusals);
  useEnding(finished, box, leave);
  const seconds = useAutoClose(isFirst ? (survey.autoClose ?? 0) : 0, box, leave);

  const answer = (id: string, value: AnswerValue | undefined): void => {
    clock.turnTo(id);
    setAnswers((old) => ({ ...old, [id]: value }));
    setProblems(({ [id]: _mended, ...others }) => others);
  };

  const submit = async (): Promise<void> => {
    if (isBusy.current) return;
    const result = submitCard(survey, progress, { answers, ttc: clock.read(), hiddenFields });
    if ('problems' in result) {
      setProblems(result.problems);
      return setRefusals(refusals + 1);
    }
    isBusy.current = true;
    clock.reset();
    const next = result.progress;
    try {
      const data = toData(survey, next, language, hiddenFields);
      await onStep({ progress: next, data, elementIds: result.elementIds });
    } catch {
      // What the shell can't store must not keep the visitor on this card.
    }
    isBusy.current = false;
    moveOn(next);
  };

  const moveOn = (next: Progress): void => {
    const shown = endings.find(({ id }) => id === next.endingId);
    if (!next.finished || shown?.type === 'endScreen') {
      setAnswers((old) => ({ ...old, ...next.answers }));
      setProgress(next);
      return;
    }
    leave('finished');
    if (isSafeLink(shown?.url)) location.assign(shown?.url ?? '');
  };

  const label = card === 'start' ? welcomeCard.buttonLabel : block?.buttonLabel;
  return (
    <>
      {!stylingOf(view).hideProgressBar && (
        <div
          class="bar"
          role="progressbar"
          aria-label={say('survey_progress')}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent}
        >
          <i style={{ '--part': percent / 100 }} />
        </div>
      )}
      <form
        key={card}
        class={ending && 'end'}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onKeyDown={(event) => {
          const isCommand = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
          if (isCommand && !finished) event.currentTarget.requestSubmit();
        }}
      >
        <div class="body">
          {block?.elements.map((element, position) => (
            <Question
              key={element.id}
              element={element}
              id={`q${position}`}
              value={answers[element.id]}
              problem={problems[element.id]}
              onAnswer={(value) => answer(element.id, value)}
              order={order}
              t={t}
            />
          ))}
          {card === 'start' && (
            <section class="still">
              <Heading
                id="q0"
                headline={t(welcomeCard.headline)}
                subheader={t(welcomeCard.subheader)}
                imageUrl={welcomeCard.fileUrl}
              />
              {welcomeCard.timeToFinish && <p class="note">{sayDuration(survey)}</p>}
            </section>
          )}
          {ending && (
            <section class="still">
              <CheckIcon />
              <Heading id="q0" headline={t(ending.headline)} subheader={t(ending.subheader)} />
            </section>
          )}
        </div>
        <div class="actions">
          {!finished && (
            <button type="submit" class="button">
              {t(label) || say(index === blocks.length - 1 ? 'finish' : 'next')}
            </button>
          )}
          {!finished && !survey.isBackButtonHidden && trail.length > 0 && (
            <button
              type="button"
              class="button plain"
              onClick={() => {
                setProblems({});
                if (!isBusy.current) setProgress(goBack(progress));
              }}
            >
              {t(block?.backButtonLabel) || say('back')}
            </button>
          )}
          {ending && isWebAddress(ending.buttonLink) && (
            <a class="button" href={ending.buttonLink ?? ''}>
              {t(ending.buttonLabel)}
            </a>
          )}
        </div>
      </form>
      {settings.inAppSurveyBranding && (
        <p class="note sign">
          {say('powered_by')} <b>Inkling</b>
        </p>
      )}
      <button
        type="button"
        class="close"
        aria-label={say('close_survey')}
        onClick={() => leave(finished ? 'finished' : 'dismissed')}
      >
        <CloseIcon />
      </button>
      {seconds > 0 && (
        <div class="bar time" aria-hidden="true">
          <i style={{ '--time': `${seconds}s` }} />
        </div>
      )}
    </>
  );
}

/** Mixes each element's choices once per survey, so that going back shows them in the order they were read in. */
function useOrder(): (element: ChoiceElement) => readonly Choice[] {
  const orders = useRef<Record<string, readonly Choice[]>>({});
  return (element) => {
    orders.current[element.id] ??= orderChoices(element, Math.random);
    return orders.current[element.id] ?? [];
  };
}

/** A quarter of a minute per element, as the original reckons without jumps (survey-model.md 3.1). */
function sayDuration({ blocks }: Survey): string {
  const quarters = blocks.flatMap(({ elements }) => elements).length;
  if (quarters > 24) return say('takes_x_plus_minutes', 6);
  return say('takes_less_than_x_minutes', Math.floor(quarters / 4) + 1);
}
