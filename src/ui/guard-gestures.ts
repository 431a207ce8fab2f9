/** Pixels between two clicks of one gesture: a finger hits less exactly than a mouse. */
const SAME_PLACE = 30;
/** Time between two taps of one gesture, at most: not every browser counts them as it counts clicks. */
const TAPS_MS = 350;
/** Events before which entered values are taken over: each may cause a render, which would reset them. */
const TAKE_OVER_AT = ['pointerdown', 'keydown', 'click', 'input', 'change', 'submit'];

/** Keeps one gesture from doing more than one step, and an entered value from being lost. */
export interface Gestures {
  /** Starts another card: keys that are held, and the second half of a double click, do nothing on it. */
  readonly turn: () => void;
  /** Takes what the controls contain for known. Called after each render. */
  readonly note: () => void;
}

/**
 * Guards the gestures in a box. Keys that compose a text are left to the visitor's input method; a held key does one step;
 * what a password manager or the page has entered without an event counts from the next event on.
 */
export function guardGestures(box: HTMLElement): Gestures {
  const pressed = new Set<string>();
  /** The last click, and the one that led to the card on screen. */
  let last: MouseEvent | undefined;
  let former: MouseEvent | undefined;
  let known = new Map<Element, unknown>();
  const listen = <E extends Event>(type: string, handle: (event: E) => void): void =>
    box.addEventListener(type, handle as (event: Event) => void, true);

  listen('keydown', (event: KeyboardEvent) => {
    const { key, target } = event;
    // Autofill sends keys without a name.
    if (!key || event.isComposing || event.keyCode === 229) return event.stopPropagation();
    const isText = (target as Element).matches('.text');
    const isStep = key === 'Escape' || (key === 'Enter' ? !isLong(target) : key === ' ' && !isText);
    if (event.repeat && (isStep || !pressed.has(key))) stop(event);
    else pressed.add(key);
  });
  listen('keyup', (event: KeyboardEvent) => {
    const { key, target } = event;
    // A button is pressed when the space bar is released.
    if (!pressed.delete(key)) event.preventDefault();
    // Browsers are content with a part of a control.
    if (key === 'Tab') (target as Element).scrollIntoView({ block: 'nearest' });
  });
  let isTouch = false;
  listen('pointerdown', ({ pointerType }: PointerEvent) => {
    isTouch = pointerType === 'touch';
  });
  listen('click', (event: MouseEvent) => {
    // Keys and scripts click without a detail, and so does a label its control.
    if (!event.detail) return;
    const { clientX, clientY, timeStamp, detail } = event;
    const isSecond = detail > 1 || (isTouch && timeStamp - (former?.timeStamp ?? 0) < TAPS_MS);
    // Nor does it take back the choice that its first half has made.
    const label = (event.target as Element).closest?.('label');
    if (detail > 1 && label?.querySelector('[type=radio]')) stop(event);
    else if (
      former &&
      isSecond &&
      Math.hypot(clientX - former.clientX, clientY - former.clientY) < SAME_PLACE
    )
      stop(event);
    else {
      last = event;
      former = undefined;
    }
  });

  let isTaking = false;
  const takeOver = ({ type, target }: Event): void => {
    if (isTaking) return;
    isTaking = true;
    const entered = controlsIn(box)
      .map((control) => ({ control, kind: kindOf(control), value: control[kindOf(control)] }))
      .filter(({ control, value }) => known.get(control) !== value && (value || control.type !== 'radio'));
    // The event itself says what its target contains, but for a text that changes without an input before.
    const isOwn = ({ control, kind }: (typeof entered)[number]): boolean =>
      control === target && (kind === 'checked' || type === 'input');
    const others = entered.filter((one) => !isOwn(one));
    // The render after each event resets those that follow.
    for (const one of [...others, ...entered.filter(isOwn)]) {
      const { control, kind, value } = one;
      Object.assign(control, { [kind]: value });
      if (!isOwn(one))
        control.dispatchEvent(new Event(kind === 'value' ? 'input' : 'change', { bubbles: true }));
    }
    isTaking = false;
  };
  for (const type of TAKE_OVER_AT) listen(type, takeOver);

  return {
    turn() {
      pressed.clear();
      former = last;
    },
    note() {
      known = new Map(controlsIn(box).map((control) => [control, control[kindOf(control)]]));
    },
  };
}

function stop(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

function controlsIn(box: HTMLElement): HTMLInputElement[] {
  return [
    ...box.querySelectorAll<HTMLInputElement>('.text:not([role=combobox]), [type=radio], [type=checkbox]'),
  ];
}

function kindOf(control: HTMLInputElement): 'value' | 'checked' {
  return control.matches('.text') ? 'value' : 'checked';
}

/** Whether Enter begins a line there. */
function isLong(target: EventTarget | null): boolean {
  return target instanceof HTMLTextAreaElement;
}
