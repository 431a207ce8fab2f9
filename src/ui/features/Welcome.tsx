import type { ComponentChild, JSX } from 'preact';
import type { Survey, Text } from '../../core/survey/document.ts';
import { durationOf } from '../../core/survey/duration.ts';
import { Heading } from '../base/Heading.tsx';
import { say } from '../texts/strings.ts';
import { Media } from './Media.tsx';

/** The number of responses is shown from the next one on (survey-model.md 3.3). */
const FEW = 3;

/** The welcome card, which stands before the first question. */
export function Welcome(props: {
  readonly survey: Survey;
  readonly rich: (text: Text | undefined) => ComponentChild;
}): JSX.Element {
  const { survey, rich } = props;
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
        media={<Media imageUrl={fileUrl} videoUrl={videoUrl} />}
      />
      {timeToFinish && <p class="note">{say(key, minutes)}</p>}
      {showResponseCount && responseCount > FEW && (
        <p class="note">{say('people_responded', responseCount)}</p>
      )}
    </section>
  );
}
