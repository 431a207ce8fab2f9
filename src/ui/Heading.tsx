import type { ComponentChild, JSX } from 'preact';
import { isWebAddress } from '../core/survey/validate.ts';
import { extras } from './extras.ts';

/** An optional picture, a headline and what stands below it: the same on every card. */
export function Heading(props: {
  readonly id: string;
  readonly headline: ComponentChild;
  readonly subheader: ComponentChild;
  readonly imageUrl?: string | undefined;
  readonly videoUrl?: string | undefined;
}): JSX.Element {
  const { id, headline, subheader, imageUrl, videoUrl } = props;
  return (
    <>
      {isWebAddress(imageUrl) && (
        <img
          src={imageUrl}
          alt=""
          referrerpolicy="no-referrer"
          // A page's policy may refuse it; the question stands without it.
          onError={(event) => event.currentTarget.remove()}
        />
      )}
      {extras && videoUrl && <extras.Video url={videoUrl} />}
      <h2 id={id}>{headline}</h2>
      {subheader && (
        <p class="sub" id={`${id}-sub`}>
          {subheader}
        </p>
      )}
    </>
  );
}
