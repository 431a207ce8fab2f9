/// <reference path="./css.d.ts" />
import { Component, type JSX, render } from 'preact';
import type { CloseReason } from '../api/close-reason.ts';
import type { Settings, Survey } from '../core/survey/document.ts';
import { openProgress } from '../core/survey/progress.ts';
import { directionOf, textOf } from '../core/survey/text.ts';
import { wait } from '../platform/wait.ts';
import { announce } from './announce.ts';
import type { OpenSurvey, SurveyView } from './contract.ts';
import { blocksOf, extras, isVeiled, needsLogic, needsRich, needsRules } from './extras.ts';
import { loadPart, partStyles, watchParts } from './parts.ts';
import { SurveyCard, type SurveyCardProps } from './SurveyCard.tsx';
import { say } from './strings.ts';
import css from './styles.css?inline';
import { applyTheme } from './theme.ts';

/** A screen reader must know the status region before it is filled, so the text comes a moment later. */
const ANNOUNCE_MS = 100;
/** So often a survey comes back to a page that took it away. */
const MOST_RETURNS = 20;
/** The page's shortcuts must not hear what is typed here. */
const KEYS = ['keydown', 'keyup', 'keypress'];

/**
 * Draws a survey into the host's shadow root, out of sight until `show` is called, and keeps it on screen until it is
 * answered, left or closed.
 *
 * Never throws into the page: what goes wrong closes the survey with `destroyed`. Without an overlay the page's
 * focus, scroll position and keys stay as they are.
 *
 * @example
 * await prepare(view.survey);
 * const survey = openSurvey(view);
 * survey.show();
 * survey.close('logout');
 */
export function openSurvey(view: SurveyView): OpenSurvey {
  let card: Mounted | undefined;
  let isOpen = true;
  const leave = (reason: CloseReason): void => {
    if (!isOpen) return;
    isOpen = false;
    quietly(() => card?.unmount());
    card = undefined;
    quietly(() => view.onClose(reason));
  };
  const attempt = (work: () => void): void => {
    if (!quietly(work)) leave('destroyed');
  };
  attempt(() => {
    const isReady = extras.runLogic || !needsLogic(view.survey);
    if (!isReady || (!extras.findBroken && needsRules(view.survey)))
      throw new Error('prepare was not awaited');
    const survey = { ...view.survey, blocks: blocksOf(view.survey), endings: view.survey.endings ?? [] };
    card = mount({ view: { ...view, survey }, leave });
  });
  // One after the other, so that no task of ours is a long one.
  const goOn = async (): Promise<void> => {
    let isMore = true;
    while (isMore) {
      await wait();
      isMore = false;
      attempt(() => {
        isMore = card?.step() ?? false;
      });
    }
  };
  void goOn();
  return { show: () => attempt(() => card?.show()), close: leave };
}

/** A card with its styles. */
interface Mounted {
  /** Does the next thing that is to be done before it can be seen. False when nothing is left. */
  readonly step: () => boolean;
  /** Lets it be seen, done. */
  readonly show: () => void;
  readonly unmount: () => void;
}

/**
 * Loads what the first card needs beyond this chunk, and the survey's logic. Rejects when it can't be had, so that a
 * survey which can't be drawn isn't counted as shown.
 *
 * @param card the card a stored survey goes on at
 */
export async function prepare(survey: Survey, card?: string, settings?: Settings): Promise<void> {
  await loadExtras(survey, settings);
  const blocks = blocksOf(survey);
  const { elements = [] } = blocks.find(({ id }) => id === card) ?? blocks[0] ?? {};
  const isThere = await Promise.all(elements.map(loadPart));
  if (isThere.includes(false)) throw new Error('a part of the survey can not be had');
}

/**
 * Fetches what a survey needs of logic, rules and everything richer than words and scores. Rejects when it can't be
 * had: texts would stand there as markup, and cards would follow each other in the wrong order.
 */
async function loadExtras(survey: Survey, settings?: Settings): Promise<void> {
  if (needsRich(survey, settings)) Object.assign(extras, await import('./rich.tsx'));
  if (needsLogic(survey)) Object.assign(extras, await import('./logic.ts'));
  if (needsRules(survey)) Object.assign(extras, await import('./rules.tsx'));
}

/** The rest, while the first card is read, in the order of the cards. */
async function loadRest(blocks: Survey['blocks']): Promise<void> {
  for (const { elements } of blocks) for (const element of elements) await loadPart(element);
}

/** Whether the work went through. */
function quietly(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

function mount({ view, leave }: Omit<SurveyCardProps, 'box'>): Mounted {
  const { host, survey, settings, language, locale, isInline } = view;
  const root = host.shadowRoot as ShadowRoot;
  const adopted = new Set<string>();
  // Without its styles a survey can still be answered.
  const adopt = (text: string): unknown =>
    adopted.has(text) ||
    quietly(() => {
      adopted.add(text);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    });

  const { placement, overlay, clickOutsideClose } = survey.workspaceOverwrites ?? {};
  const isModal = !isInline && isVeiled(survey, settings);
  // Shown as a popover, a <dialog> would take the page's focus; a <div> leaves it alone.
  const box: HTMLElement = document.createElement(isModal ? 'dialog' : 'div');
  // Nothing in it is laid out while it is dressed.
  box.hidden = !isInline;
  box.className = `box ${isInline ? 'inline' : (placement ?? settings.placement ?? 'bottomRight')} veil-${overlay ?? settings.overlay}`;
  box.tabIndex = -1;
  box.dir = directionOf(survey, language, locale);
  if (locale) box.lang = locale;
  box.setAttribute('role', 'dialog');
  box.setAttribute('aria-labelledby', 'q0');
  root.append(box);

  const onKey = (event: Event): void => {
    event.stopPropagation();
    const { key, isComposing } = event as KeyboardEvent;
    if (event.type === 'keydown' && key === 'Escape' && !isComposing && !isInline) leave('escape');
  };
  for (const type of KEYS) host.addEventListener(type, onKey);

  let former: Element | null = null;
  box.addEventListener('focusin', ({ relatedTarget }) => {
    if (relatedTarget instanceof Element && !root.contains(relatedTarget)) former = relatedTarget;
  });

  const dress = (): void => {
    for (const text of [css, extras.css ?? '', ...partStyles()]) adopt(text);
  };
  // While the box is empty: the theme reads a computed style.
  dress();
  applyTheme(box, view);
  let isDrawn = false;
  const redraw = (): void => {
    isDrawn = true;
    dress();
    render(<Guarded view={view} box={box} leave={leave} />, box);
  };
  const releases: ((() => void) | undefined)[] = [watchParts(redraw)];

  const open = (): void => {
    if (isModal) (box as HTMLDialogElement).showModal();
    else if (box.popover) box.showPopover();
  };
  /** A modal one would take the page's focus before it is seen. */
  const isEarly = !isModal && !isInline;
  const todo: (() => unknown)[] = [
    () => {
      box.hidden = false;
      if (!isEarly) return;
      // Laid out, but neither seen nor met by a pointer or a screen reader. It moves when it appears.
      box.style.visibility = 'hidden';
      box.style.animation = 'none';
      // The first words in a card's fonts take as long as the rest of it.
      if (isDrawn) return;
      const word = document.createElement('h2');
      word.textContent = 'a';
      box.append(word, 'a');
      void box.offsetHeight;
      box.textContent = '';
    },
    () => isDrawn || redraw(),
    () => isEarly && box.offsetHeight,
    () => {
      // The top layer: above everything, and no contest of z-indexes.
      if (isEarly && typeof box.showPopover === 'function') box.popover = 'manual';
      if (isEarly) open();
    },
  ];
  const step = (): boolean => {
    todo.shift()?.();
    return todo.length > 0;
  };
  const show = (): void => {
    while (step());
    if (isModal) extras.watchOutside?.(box, clickOutsideClose ?? settings.clickOutsideClose, leave);
    // Fails on a page that has taken the host away already. What outlives the host is listened to afterwards.
    if (isModal || !host.isConnected) open();
    box.style.visibility = '';
    box.style.animation = '';
    // What a phone's keyboard covers.
    const { visualViewport: seen } = window;
    const rise = (): void => {
      const hidden = seen ? Math.max(0, window.innerHeight - seen.height - seen.offsetTop) : 0;
      box.style.setProperty('--hidden', `${hidden}px`);
    };
    seen?.addEventListener('resize', rise);
    releases.push(
      extras.watchScheme?.(() => applyTheme(box, view)),
      () => seen?.removeEventListener('resize', rise),
      stayOnPage(host, open, () => leave('destroyed')),
    );
    if (!isInline) announce(root.querySelector('[role=status]'), greet(view), ANNOUNCE_MS);
    void loadRest(survey.blocks);
  };

  const unmount = (): void => {
    for (const release of releases) release?.();
    for (const type of KEYS) host.removeEventListener(type, onKey);
    const hadFocus = root.activeElement !== null;
    render(null, box);
    // Closing a modal dialog gives focus back by itself.
    if (isModal) (box as HTMLDialogElement).close();
    box.remove();
    if (hadFocus && former instanceof HTMLElement) former.focus({ preventScroll: true });
  };
  return { step, show, unmount };
}

/**
 * Puts the host back when the page replaces its `<body>`, or everything in it (Turbo, Astro, htmx). A page that takes
 * away the host itself gets its way.
 */
function stayOnPage(host: HTMLElement, show: () => void, giveUp: () => void): () => void {
  if (host.parentNode !== document.body || !window.MutationObserver) return () => {};
  let times = MOST_RETURNS;
  const watch = (): void => {
    // What is no longer in the page is watched for nothing; observing twice is observing once.
    observer.observe(document.documentElement, { childList: true });
    observer.observe(document.body, { childList: true });
  };
  const observer = new MutationObserver((records) => {
    if (host.isConnected || !document.body) return;
    const isMeant = records.some(({ removedNodes }) => removedNodes.length === 1 && removedNodes[0] === host);
    if (isMeant || times-- === 0) return giveUp();
    document.body.append(host);
    quietly(show);
    watch();
  });
  watch();
  return () => observer.disconnect();
}

/** Keeps what fails while drawing from the page. */
class Guarded extends Component<SurveyCardProps, { hasFailed: boolean }> {
  override componentDidCatch(): void {
    this.setState({ hasFailed: true });
    // Not at once: Preact is in the middle of the work that failed.
    setTimeout(this.props.leave, 0, 'destroyed');
  }

  override render(): JSX.Element | null {
    return this.state.hasFailed ? null : <SurveyCard {...this.props} />;
  }
}

/** What a screen reader is told of: what has appeared, and that it may go by itself. */
function greet({ survey, language, progress }: SurveyView): string {
  const { card } = openProgress(survey, progress);
  const block = survey.blocks.find(({ id }) => id === card);
  const headline = block ? block.elements[0]?.headline : survey.welcomeCard?.headline;
  const { autoClose } = survey;
  const closes = autoClose ? say('survey_closes_automatically_in_x_seconds', autoClose) : '';
  return `${say('survey_opened_announcement')} ${textOf(headline, language)}. ${closes}`;
}
