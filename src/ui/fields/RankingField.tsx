import type { ButtonHTMLAttributes, JSX, TargetedPointerEvent } from 'preact';
import type { RankingElement } from '../../core/survey/document.ts';
import { listOf } from '../../core/survey/picks.ts';
import { announceAfterPause } from '../base/announce-after-pause.ts';
import type { FieldProps } from '../base/field-props.ts';
import { stepOf } from '../base/roving-focus.ts';
import { say } from '../texts/strings.ts';
import { orderOf } from './ChoiceField.tsx';

/** Pixels that a pointer must move to drag; less is a click. */
const SLACK = 5;

/** State of the control besides the answer. */
interface Handling {
  /** The button to focus once the items are in their new order. */
  focus?: string | undefined;
  /** The announcement of the last move. */
  said?: string;
  /** The dragged item, and where the pointer was pressed. */
  drag?: { readonly id: string; readonly y: number; isMoving: boolean } | undefined;
}

/** A ranking by clicks, buttons, arrow keys or dragging. Ranked items are on top. */
export function RankingField(props: FieldProps<RankingElement>): JSX.Element {
  const { element, id, value, describedBy, onAnswer, t, memory, redraw } = props;
  const order = orderOf(props, element);
  const key = `${element.id} handling`;
  memory[key] ??= {};
  const handling = memory[key] as Handling;
  const ranked = listOf(value).filter((one) => order.some((choice) => choice.id === one));
  const labelOf = (one: string): string => t(order.find((choice) => choice.id === one)?.label);

  /** Moves an item to a position among the ranked ones, or out of them for -1, and announces its position. */
  const put = (one: string, at: number, focus = handling.focus): void => {
    const next = ranked.filter((other) => other !== one);
    if (at >= 0) next.splice(at, 0, one);
    const place = next.indexOf(one) + 1;
    Object.assign(handling, { focus, said: `${labelOf(one)}: ${place || '–'} / ${order.length}` });
    if (next.join() !== ranked.join()) onAnswer(next);
    else redraw();
  };
  const move = (one: string, by: number, focus: string): void => {
    const at = ranked.indexOf(one);
    put(one, at < 0 ? ranked.length : Math.min(Math.max(at + by, 0), ranked.length - 1), focus);
  };

  const onPointerDown = (event: TargetedPointerEvent<HTMLElement>): void => {
    const target = event.target as Element;
    const item = target.closest<HTMLElement>('[data-id]');
    // Touch drags only on the handle: elsewhere it scrolls the card.
    if (!item || event.button || (event.pointerType !== 'mouse' && !target.closest('.grip'))) return;
    const one = item.dataset.id ?? '';
    handling.drag = { id: one, y: event.clientY, isMoving: false };
  };
  const onPointerMove = (event: TargetedPointerEvent<HTMLElement>): void => {
    const { drag } = handling;
    const { currentTarget, clientY, pointerId } = event;
    if (!drag || (!drag.isMoving && Math.abs(clientY - drag.y) < SLACK)) return;
    if (!drag.isMoving) {
      drag.isMoving = true;
      currentTarget.setPointerCapture(pointerId);
    }
    const others = [...currentTarget.querySelectorAll<HTMLElement>('[data-id]')].filter(
      ({ dataset }) => dataset.id !== drag.id,
    );
    const above = others.filter((item) => {
      const { top, height } = item.getBoundingClientRect();
      return clientY > top + height / 2;
    });
    put(drag.id, Math.min(above.length, ranked.filter((one) => one !== drag.id).length));
  };
  const onPointerEnd = (): void => {
    const isMoved = handling.drag?.isMoving;
    handling.drag = undefined;
    if (isMoved) redraw();
  };

  /** Draws a button of an item, which keeps focus while the item moves. */
  const button = (one: string, what: string, rest: ButtonHTMLAttributes<HTMLButtonElement>): JSX.Element => (
    <button
      type="button"
      ref={(node) => {
        if (!node || handling.focus !== what + one) return;
        handling.focus = undefined;
        node.focus({ preventScroll: true });
        node.scrollIntoView({ block: 'nearest' });
      }}
      {...rest}
    />
  );
  return (
    <>
      <ul
        class="list ranks"
        // biome-ignore lint/a11y/noRedundantRoles: Safari removes the list role of lists without bullets
        role="list"
        aria-labelledby={id}
        aria-describedby={describedBy}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerEnd}
        onPointerCancel={onPointerEnd}
      >
        {[...ranked, ...order.map((choice) => choice.id).filter((one) => !ranked.includes(one))].map(
          (one, at) => {
            const label = labelOf(one);
            const isRanked = at < ranked.length;
            const isDragged = handling.drag?.isMoving && handling.drag.id === one;
            return (
              <li key={one} data-id={one} class={`row${isRanked ? ' on' : ''}${isDragged ? ' dragged' : ''}`}>
                {button(one, 'item', {
                  class: 'item',
                  'aria-pressed': isRanked,
                  onClick: () => put(one, isRanked ? -1 : ranked.length, `item${one}`),
                  onKeyDown: (event) => {
                    const step = /Up$|Down$/.test(event.key) ? stepOf(event.key, event.currentTarget) : 0;
                    if (!step) return;
                    event.preventDefault();
                    move(one, step, `item${one}`);
                  },
                  children: [
                    <b key="place" aria-hidden="true">
                      {isRanked ? at + 1 : ''}
                    </b>,
                    <span key="label">{label}</span>,
                  ],
                })}
                {isRanked && (
                  <>
                    {button(one, 'up', {
                      class: 'icon',
                      'aria-label': say('move_up', label),
                      'aria-disabled': at === 0,
                      onClick: () => move(one, -1, `up${one}`),
                      children: <Arrow path="m7 14 5-5 5 5" />,
                    })}
                    {button(one, 'down', {
                      class: 'icon',
                      'aria-label': say('move_down', label),
                      'aria-disabled': at === ranked.length - 1,
                      onClick: () => move(one, 1, `down${one}`),
                      children: <Arrow path="m7 10 5 5 5-5" />,
                    })}
                  </>
                )}
                <span class="grip" aria-hidden="true">
                  <Arrow path="M9 7v.1M15 7v.1M9 12v.1M15 12v.1M9 17v.1M15 17v.1" />
                </span>
              </li>
            );
          },
        )}
      </ul>
      <p role="status" ref={(region) => announceAfterPause(region, handling.said)} />
    </>
  );
}

function Arrow({ path }: { readonly path: string }): JSX.Element {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
