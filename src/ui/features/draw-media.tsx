import { Component, type JSX } from 'preact';
import { isWebAddress } from '../../core/survey/validate.ts';
import { frameOf } from '../../core/survey/video.ts';
import type { MediaProps } from '../base/features.ts';
import { say } from '../texts/strings.ts';

/** Draws the picture and the video above a headline. */
export function drawMedia({ imageUrl, videoUrl }: MediaProps): JSX.Element {
  return (
    <>
      {isWebAddress(imageUrl) && (
        <img
          src={imageUrl}
          alt=""
          referrerpolicy="no-referrer"
          // A page's content security policy may refuse it; the question stands without it.
          onError={(event) => event.currentTarget.remove()}
        />
      )}
      {videoUrl && <Video url={videoUrl} />}
    </>
  );
}

/** A video of YouTube, Vimeo or Loom. No request is made to the host before the visitor starts it. */
class Video extends Component<{ readonly url: string }, { isWanted: boolean }> {
  override render(): JSX.Element | null {
    const frame = frameOf(this.props.url);
    if (!frame) return null;
    if (this.state.isWanted)
      return (
        <iframe
          class="video"
          src={frame}
          title={say('question_video')}
          allow="autoplay; fullscreen; picture-in-picture"
          sandbox="allow-scripts allow-same-origin allow-presentation allow-popups"
          referrerpolicy="strict-origin-when-cross-origin"
        />
      );
    return (
      <button type="button" class="video" onClick={() => this.setState({ isWanted: true })}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="12" cy="12" r="9" />
          <path d="m10 8.5 5.5 3.5-5.5 3.5z" />
        </svg>
        {say('play_video', new URL(frame).hostname.replace(/^(www|player)\.|-nocookie/g, ''))}
      </button>
    );
  }
}
