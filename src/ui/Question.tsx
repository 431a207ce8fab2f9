import type { ComponentChild, JSX } from 'preact';
import type { SurveyElement } from '../core/survey/document.ts';
import type { Problem } from '../core/survey/validate.ts';
import type { DrawField, FieldProps } from './field.ts';
import { Heading } from './Heading.tsx';
import { ScaleField } from './ScaleField.tsx';
import { say } from './strings.ts';
import { TextField } from './TextField.tsx';

/** What a question needs besides what its control gets. */
export interface QuestionProps
  extends Pick<FieldProps<SurveyElement>, 'element' | 'id' | 'value' | 'onAnswer' | 't' | 'memory'> {
  readonly problem: Problem | undefined;
  /** Draws what this chunk can't. */
  readonly drawMore: DrawField;
}

/** One element of a card: its mark, headline, control and error. */
export function Question({ problem, drawMore, ...rest }: QuestionProps): JSX.Element {
  const { element, id, t } = rest;
  // A statement asks for nothing, whatever its document says.
  const isRequired = element.required && element.type !== 'cta';
  const describedBy = `${id}-sub ${id}-must ${id}-error`;
  return (
    <section class={problem ? 'wrong' : undefined}>
      {isRequired && (
        <p class="note" id={`${id}-must`}>
          {say('required')}
        </p>
      )}
      <Heading
        id={id}
        headline={t(element.headline)}
        subheader={t(element.subheader)}
        imageUrl={element.imageUrl}
      />
      {drawField({ ...rest, describedBy, isWrong: !!problem }, drawMore)}
      <div class="slot">
        {problem && (
          <p role="alert" id={`${id}-error`}>
            {say(problem.key, problem.count)}
          </p>
        )}
      </div>
    </section>
  );
}

function drawField(props: FieldProps<SurveyElement>, drawMore: DrawField): ComponentChild {
  const { element, ...rest } = props;
  switch (element.type) {
    case 'openText':
      return <TextField element={element} {...rest} />;
    case 'nps':
    case 'rating':
      return <ScaleField element={element} {...rest} />;
    default:
      return drawMore(props);
  }
}
