import type { ComponentChild, JSX } from 'preact';
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
      {extras.Media && <extras.Media imageUrl={imageUrl} videoUrl={videoUrl} />}
      <h2 id={id}>{headline}</h2>
      {subheader && (
        <p class="sub" id={`${id}-sub`}>
          {subheader}
        </p>
      )}
    </>
  );
}
