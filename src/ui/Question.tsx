import type { ComponentChild, JSX } from 'preact';
import type { PartField, SurveyElement } from '../core/survey/document.ts';
import type { Problem } from '../core/survey/validate.ts';
import type { FieldProps } from './base/field-props.ts';
import { Heading } from './base/Heading.tsx';
import { ScaleField } from './fields/ScaleField.tsx';
import { TextField } from './fields/TextField.tsx';
import { drawLoaded, fieldState } from './load-fields.ts';
import { say } from './texts/strings.ts';

/** Props of a question: those of its control, and its problem. */
export interface QuestionProps extends Omit<FieldProps<SurveyElement>, 'isWrong' | 'describedBy'> {
  readonly problem: Problem | undefined;
}

/** One element of a card: required mark, headline, control and error. */
export function Question({ problem, ...rest }: QuestionProps): JSX.Element {
  const { element, id, rich, features } = rest;
  const state = fieldState(element);
  // A statement has no answer to require, whatever its document says.
  const isRequired = element.required && element.type !== 'cta' && state !== 'failed';
  const lines = element as unknown as Readonly<Record<string, PartField | undefined>>;
  const line = lines[problem?.field ?? ''];
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
        headline={rich(element.headline)}
        subheader={rich(element.subheader)}
        media={features.drawMedia?.(element)}
      />
      {state === 'loaded' ? (
        drawField({ ...rest, describedBy, isWrong: !!problem, wrongField: problem?.field })
      ) : (
        <p class="note">{say(state === 'loading' ? 'loading' : 'question_not_loaded')}</p>
      )}
      <div class="slot">
        {problem && (
          <p role="alert" id={`${id}-error`}>
            {line && [rich(line.placeholder), ': ']}
            {say(problem.key, problem.count)}
          </p>
        )}
      </div>
    </section>
  );
}

function drawField(props: FieldProps<SurveyElement>): ComponentChild {
  const { element, ...rest } = props;
  switch (element.type) {
    case 'openText':
      return <TextField element={element} {...rest} />;
    case 'nps':
    case 'rating':
    case 'csat':
    case 'ces':
      return <ScaleField element={element} {...rest} />;
    default:
      return drawLoaded(props);
  }
}
