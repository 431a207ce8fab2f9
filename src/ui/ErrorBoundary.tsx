import { Component, type JSX } from 'preact';
import type { SurveyCardProps } from './card-model.ts';
import { SurveyCard } from './SurveyCard.tsx';

/** Draws the card; when drawing fails, nothing, and closes the survey instead of throwing into the page. */
export class ErrorBoundary extends Component<SurveyCardProps, { hasFailed: boolean }> {
  override componentDidCatch(): void {
    this.setState({ hasFailed: true });
    // Not at once: Preact is in the middle of the work that failed.
    setTimeout(this.props.leave, 0, 'destroyed');
  }

  override render(): JSX.Element | null {
    return this.state.hasFailed ? null : <SurveyCard {...this.props} />;
  }
}
