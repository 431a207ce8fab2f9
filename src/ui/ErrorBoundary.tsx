import { Component, type JSX } from 'preact';
import type { SurveyCardProps } from './card-model.ts';
import { SurveyCard } from './SurveyCard.tsx';

/** Draws the card. When drawing throws, draws nothing and closes the survey: the error must not reach the page. */
export class ErrorBoundary extends Component<SurveyCardProps, { hasFailed: boolean }> {
  override componentDidCatch(): void {
    this.setState({ hasFailed: true });
    // In a later task: Preact is still in the render that failed.
    setTimeout(this.props.leave, 0, 'destroyed');
  }

  override render(): JSX.Element | null {
    return this.state.hasFailed ? null : <SurveyCard {...this.props} />;
  }
}
