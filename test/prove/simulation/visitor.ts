import { CARDS } from '../../support/three-cards.ts';
import type { Clock } from './clock.ts';
import type { Device, Tab } from './device.ts';
import type { Random } from './random.ts';
import { ACTION } from './servers.ts';

/** The answers of a visitor, as far as the visitor could see. */
export interface Given {
  /** Card → the answer that was in the field when the survey went on. */
  readonly accepted: ReadonlyMap<string, string>;
  /** Card → every answer that was submitted: a tab may die before the survey goes on. */
  readonly tried: ReadonlyMap<string, readonly string[]>;
  /** The ending was visible, or the page's state has a finished showing. */
  readonly isFinished: boolean;
}

/** Events in the visitor's tabs, beside the answers. */
const MISHAPS = ['kill', 'leave', 'reload', 'open', 'kill-another', 'wait', 'offline'] as const;

/** Answers three cards in whichever tab shows them, while tabs open and end; ends with the survey, or gives up. */
export async function visit(
  { clock, random, device }: { clock: Clock; random: Random; device: Device },
  { tabs, mishaps, userId }: { tabs: number; mishaps: number; userId: string | undefined },
): Promise<Given> {
  const accepted = new Map<string, string>();
  const tried = new Map<string, string[]>();
  /** Submitted, but not known to be accepted: the tab ended before the next card. */
  let doubtful: { readonly card: string; readonly value: string } | undefined;
  let left = mishaps;

  const open = async (): Promise<Tab> => {
    const tab = device.open();
    if (userId) void tab.call('identify', userId);
    void tab.call('track', ACTION);
    await clock.pass(random.between(0, 3_000), () => tab.survey() !== undefined);
    return tab;
  };

  const mishap = async (tab: Tab): Promise<void> => {
    switch (random.pick(MISHAPS)) {
      case 'kill':
        return tab.kill();
      case 'leave':
        return tab.leave();
      case 'reload':
        tab.leave();
        await open();
        return;
      case 'open':
        if (device.tabs().length < 5) await open();
        return;
      case 'kill-another':
        return device
          .tabs()
          .find((other) => other !== tab)
          ?.kill();
      case 'wait':
        await clock.pass(random.between(5_000, 120_000));
        return;
      case 'offline':
        device.setOnline(false);
        clock.after(random.between(500, 60_000), () => device.setOnline(true));
    }
  };

  const answer = async (tab: Tab, card: string): Promise<void> => {
    const value = `${card} ${(tried.get(card)?.length ?? 0) + 1}`;
    tried.set(card, [...(tried.get(card) ?? []), value]);
    await fill(clock, tab, value);
    doubtful = { card, value };
    submit(tab);
    if (left > 0 && random.chance(0.35)) {
      left--;
      const part = random.chance(0.5) ? tab.kill : tab.leave;
      // While the answer is being written, or while it is being sent.
      if (random.chance(0.6)) clock.afterTurns(random.whole(0, 12), part);
      else clock.after(random.between(0, 300), part);
    }
    await clock.pass(random.between(300, 900));
  };

  for (let n = 0; n < tabs; n++) await open();
  for (let round = 0; round < 300; round++) {
    await clock.pass(random.between(50, 4_000));
    const tab = device.tabs().find((one) => one.survey());
    const card = tab && cardOn(tab);
    if (doubtful && (card ?? doubtful.card) !== doubtful.card) {
      accepted.set(doubtful.card, doubtful.value);
      doubtful = undefined;
    }
    const isOver = card === 'ending' || device.tabs().some(hasFinished);
    if (isOver) {
      if (doubtful) accepted.set(doubtful.card, doubtful.value);
      return { accepted, tried, isFinished: true };
    }
    if (!tab || card === undefined) {
      const other = random.chance(0.5) ? device.tabs()[0] : undefined;
      other?.leave();
      await open();
    } else if (left > 0 && random.chance(0.3)) {
      left--;
      await mishap(tab);
    } else {
      await answer(tab, card);
    }
  }
  return { accepted, tried, isFinished: false };
}

/** The card on screen: the id of its element, or `ending`. */
function cardOn(tab: Tab): string | undefined {
  const text = tab.survey()?.textContent ?? '';
  if (text.includes('Thank you!')) return 'ending';
  return CARDS.find((card) => text.includes(`Question ${card}`));
}

async function fill(clock: Clock, tab: Tab, value: string): Promise<void> {
  const field = tab.survey()?.querySelector('textarea');
  if (!field) throw new Error('The card has no field.');
  field.value = value;
  const { Event } = field.ownerDocument.defaultView as unknown as { Event: typeof globalThis.Event };
  field.dispatchEvent(new Event('input', { bubbles: true }));
  await clock.pass(20);
}

function submit(tab: Tab): void {
  const buttons = [...(tab.survey()?.querySelectorAll('button') ?? [])];
  const button = buttons.find(({ textContent }) => /Next|Finish/.test(textContent ?? ''));
  if (!button) throw new Error('The card has no button.');
  button.click();
}

function hasFinished(tab: Tab): boolean {
  const state = tab.call('state') as { showings: { finished: boolean }[] } | undefined;
  return state?.showings.some(({ finished }) => finished) ?? false;
}
