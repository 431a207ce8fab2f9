import type { ComponentChild, JSX } from 'preact';

/** An optional picture or video, a headline and a subheader: the same on every card. */
export function Heading(props: {
  readonly id: string;
  readonly headline: ComponentChild;
  readonly subheader: ComponentChild;
  readonly media: ComponentChild;
}): JSX.Element {
  const { id, headline, subheader, media } = props;
  return (
    <>
      {media}
      <h2 id={id}>{headline}</h2>
      {subheader && (
        <p class="sub" id={`${id}-sub`}>
          {subheader}
        </p>
      )}
    </>
  );
}
