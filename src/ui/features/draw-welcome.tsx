import type { JSX } from 'preact';
import { durationOf } from '../../core/survey/duration.ts';
import type { WelcomeProps } from '../base/features.ts';
import { Heading } from '../base/Heading.tsx';
import { say } from '../texts/strings.ts';
import { drawMedia } from './draw-media.tsx';

/** The number of responses is shown from the next one on (survey-model.md 3.3). */
const FEW = 3;

/** Draws the welcome card, which stands before the first question. */
export function drawWelcome({ survey, rich }: WelcomeProps): JSX.Element {
  const {
    headline,
    subheader,
    fileUrl,
    videoUrl,
    timeToFinish,
    showResponseCount,
    responseCount = 0,
  } = survey.welcomeCard;
  const { key, minutes } = durationOf(survey);
  return (
    <section class="still">
      <Heading
        id="q0"
        headline={rich(headline)}
        subheader={rich(subheader)}
        media={drawMedia({ imageUrl: fileUrl, videoUrl })}
      />
      {timeToFinish && <p class="note">{say(key, minutes)}</p>}
      {showResponseCount && responseCount > FEW && (
        <p class="note">{say('people_responded', responseCount)}</p>
      )}
    </section>
  );
}
