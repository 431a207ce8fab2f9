import type { JSX } from 'preact';
import { announceAfterPause } from '../base/announce-after-pause.ts';
import { say } from '../texts/strings.ts';

/** Draws the number of characters of a text and its limit, and announces how many are left. */
export function drawCounter(text: string, max: number): JSX.Element {
  return (
    <>
      <p class={text.length > max ? 'note count over' : 'note count'} aria-hidden="true">
        {text.length}/{max}
      </p>
      <p
        role="status"
        ref={(region) => announceAfterPause(region, text && sayRoom(max - text.length, max))}
      />
    </>
  );
}

/** The number of characters left, or the limit once there are too many. */
function sayRoom(left: number, max: number): string {
  return left < 0 ? say('max_length', max) : say('characters_left', left);
}
