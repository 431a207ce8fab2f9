import type { ComponentChild, JSX } from 'preact';
import type { Text } from '../core/survey/document.ts';
import { blockOn, percentOf } from '../core/survey/progress.ts';
import { stylingOf } from '../core/survey/styling.ts';
import { textOf } from '../core/survey/text.ts';
import { Heading } from './base/Heading.tsx';
import { CheckIcon, CloseIcon } from './base/icons.tsx';
import type { CardModel } from './card-model.ts';
import { whenSent } from './ending-timers.ts';
import { Question } from './Question.tsx';
import { say } from './texts/strings.ts';

/** Draws a card: progress bar, language switch, questions, welcome text or ending, and buttons. */
export function drawCard(card: CardModel): JSX.Element {
  const { view, leave } = card.props;
  const { progress, answers, problems, closesIn, isLate, language, locale } = card.state;
  const { survey, settings, features, isInline, upload } = view;
  const { blocks, endings, welcomeCard } = survey;
  const fill = card.fill();
  const t = (text: Text | undefined): string => fill(textOf(text, language));
  const rich = (text: Text | undefined): ComponentChild =>
    features.drawText?.(textOf(text, language), fill) ?? textOf(text, language);
  const { card: id, finished, trail } = progress;
  const index = blocks.findIndex((one) => one.id === id);
  const block = blockOn(survey, progress);
  const ending = endings.find((one) => one.id === id);
  const percent = percentOf(survey, progress);
  const label = id === 'start' ? welcomeCard.buttonLabel : block?.buttonLabel;
  // On submit and on click: a sandboxed frame may not submit a form, and a page may stop every click.
  const send = (event: Event): void => {
    event.preventDefault();
    void card.submit();
  };
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
      {!finished && features.drawLanguages?.({ survey, language, onChange: card.setLanguage })}
      <form
        key={id}
        class={ending && 'end'}
        noValidate
        // A new function for each render, after which it is called.
        ref={() => card.noteValues()}
        onSubmit={send}
        onPointerDown={() => {
          card.isTrying = false;
        }}
        onKeyDown={(event) => {
          card.isTrying = `${event.key}`.startsWith('Arrow');
          const isCommand = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
          if (isCommand) void card.submit();
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
              onAnswer={(value) => card.answer(element.id, value)}
              memory={card.memory}
              redraw={card.redraw}
              uploads={card.uploads}
              upload={upload}
              features={features}
              locale={locale}
              t={t}
              rich={rich}
            />
          ))}
          {id === 'start' && features.drawWelcome?.({ survey, rich })}
          {ending && (
            <section class="still">
              {!ending.imageUrl && !ending.videoUrl && <CheckIcon />}
              <Heading
                id="q0"
                headline={rich(ending.headline)}
                subheader={rich(ending.subheader)}
                media={features.drawMedia?.(ending)}
              />
              {isLate && <p class="note">{say('saved_and_sent_later')}</p>}
            </section>
          )}
        </div>
        <div class="actions">
          {!finished && !card.isWaiting(block) && (
            <button type="submit" class="button" onClick={send}>
              {t(label) || say(index === blocks.length - 1 ? 'finish' : 'next')}
            </button>
          )}
          {!finished && !survey.isBackButtonHidden && trail.length > 0 && (
            <button type="button" class="button plain" onClick={card.goBack}>
              {t(block?.backButtonLabel) || say('back')}
            </button>
          )}
          {ending &&
            features.drawEndingLink?.({
              href: fill(ending.buttonLink ?? '', true),
              label: t(ending.buttonLabel),
              open: view.onOpenLink,
              whenSent: () => whenSent(view),
            })}
        </div>
      </form>
      {settings.inAppSurveyBranding && (
        <p class="note sign">
          {say('powered_by')} <b>Inkling</b>
        </p>
      )}
      {!isInline && (
        <button
          type="button"
          class="close"
          aria-label={say('close_survey')}
          onClick={() => leave(finished ? 'finished' : 'dismissed')}
        >
          <CloseIcon />
        </button>
      )}
      {closesIn > 0 && features.drawCountdown?.(closesIn)}
    </>
  );
}
