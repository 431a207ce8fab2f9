import { Component, type JSX } from 'preact';
import { MAX_ENTERED_CHARS } from '../core/limits.ts';
import type { Answers, AnswerValue, Block, SurveyElement } from '../core/survey/document.ts';
import { blockOn, goBack, openProgress, type Progress, submitCard } from '../core/survey/progress.ts';
import { directionOf } from '../core/survey/text.ts';
import { toData } from '../core/survey/to-data.ts';
import { isSafeLink } from '../core/survey/validate.ts';
import type { Fill } from './base/features.ts';
import type { CardModel, CardState, SurveyCardProps } from './card-model.ts';
import { startClock } from './clock.ts';
import { drawCard } from './draw-card.tsx';
import { closeAfterReading, watchSending, whenSent } from './ending-timers.ts';
import { focusCard, focusProblem } from './focus.ts';
import { guardGestures } from './guard-gestures.ts';
import { fieldState, loadField } from './load-fields.ts';
import { say } from './texts/strings.ts';

/** Delay between a choice and the submission of its card by auto-progress. */
const AUTO_SUBMIT_MS = 350;

/**
 * One survey on screen: keeps its state, lets core decide what follows, and draws it. Contains no rules.
 *
 * A class: hooks would add 800 bytes to the first chunk.
 */
export class SurveyCard extends Component<SurveyCardProps, CardState> implements CardModel {
  readonly #clock = startClock();
  readonly #gestures = guardGestures(this.props.box);
  readonly noteValues = this.#gestures.note;
  readonly memory = {};
  readonly uploads: CardModel['uploads'] = {};
  isTrying = false;
  #isBusy = false;
  #autoSubmit: ReturnType<typeof setTimeout> | undefined;
  #stopWatching: () => void = () => {};

  constructor(props: SurveyCardProps) {
    super(props);
    const { survey, progress: stored, language, locale } = props.view;
    const progress = openProgress(survey, stored);
    const isFirst =
      progress.card === 'start' || (!survey.welcomeCard?.enabled && progress.card === survey.blocks[0]?.id);
    const closesIn = isFirst && !props.view.isInline ? (survey.autoClose ?? 0) : 0;
    this.state = {
      progress,
      answers: { ...props.view.prefill, ...progress.answers },
      problems: {},
      closesIn,
      isLate: false,
      language,
      locale,
    };
  }

  override componentDidMount(): void {
    const { view, box, leave } = this.props;
    const { closesIn } = this.state;
    this.#enterCard();
    if (view.isInline && view.autoFocus) focusCard(box);
    this.#submitPrefilled();
    if (closesIn && view.features.closeUnused) {
      this.#stopWatching = view.features.closeUnused(
        box,
        closesIn,
        () => this.setState({ closesIn: 0 }),
        () => leave('timeout'),
      );
    }
  }

  override componentWillUnmount(): void {
    clearTimeout(this.#autoSubmit);
    this.#stopWatching();
  }

  #elements(): readonly SurveyElement[] {
    return blockOn(this.props.view.survey, this.state.progress)?.elements ?? [];
  }

  #enterCard(): void {
    const elements = this.#elements();
    this.#clock.turnTo(elements[0]?.id ?? '');
    // Try again to load what failed before.
    for (const element of elements) void loadField(element);
  }

  /** Submits a card whose elements are all prefilled; it stays on screen when an answer is invalid. */
  #submitPrefilled(): void {
    const { prefill, skipPrefilled } = this.props.view;
    const elements = this.#elements();
    if (skipPrefilled && elements[0] && elements.every(({ id }) => prefill?.[id] !== undefined)) {
      this.#clock.turnTo('');
      this.#clock.reset();
      void this.submit(true);
    }
  }

  /** Whether an answer submits this card without "Next" (survey-model.md 3.8). */
  #autoProgresses(value: AnswerValue | undefined): boolean {
    const { survey, features } = this.props.view;
    return (
      value !== undefined &&
      value !== '' &&
      !!features.autoProgresses?.(survey, { elements: this.#elements() }, value)
    );
  }

  isWaiting(block: Block | undefined): boolean {
    const [first] = block?.elements ?? [];
    const { answers } = this.state;
    return (
      !!first?.required &&
      this.#autoProgresses(0) &&
      (answers[first.id] === undefined || this.#autoSubmit !== undefined)
    );
  }

  readonly redraw = (): void => this.setState({});

  answer(id: string, value: AnswerValue | undefined): void {
    // A file that was read without a server is no text.
    const entered = Object.values({ ...this.state.answers, [id]: value })
      .flat()
      .filter((part) => !`${part}`.startsWith('data:'))
      .join();
    // The server would refuse more: nothing is taken that could be lost.
    if (entered.length > MAX_ENTERED_CHARS) return void this.redraw();
    this.#clock.turnTo(id);
    clearTimeout(this.#autoSubmit);
    this.#autoSubmit = undefined;
    if (!this.isTrying && this.#autoProgresses(value))
      this.#autoSubmit = setTimeout(() => {
        this.#autoSubmit = undefined;
        void this.submit();
      }, AUTO_SUBMIT_MS);
    this.setState(({ answers, problems: { [id]: _solved, ...problems } }) => ({
      answers: { ...answers, [id]: value },
      problems,
    }));
  }

  /** Submits the card. Never rejects: an error closes the survey, whose earlier answers are stored. */
  submit(isQuiet = false): Promise<void> {
    return this.#submit(isQuiet).catch(() => this.props.leave('destroyed'));
  }

  async #submit(isQuiet: boolean): Promise<void> {
    const { view, box } = this.props;
    const { survey, hiddenFields } = view;
    const { progress, answers, language, locale } = this.state;
    const elements = this.#elements();
    if (this.#isBusy || progress.finished || elements.some((element) => fieldState(element) === 'loading'))
      return;
    const held = elements.flatMap(({ id }) => this.uploads[id] ?? []);
    if (held.length > 0) {
      this.#isBusy = true;
      const done = await Promise.all(held);
      this.#isBusy = false;
      if (done.includes(false)) return void box.querySelector<HTMLElement>('.failed button')?.focus();
      return this.#submit(isQuiet);
    }
    const result = submitCard(survey, progress, {
      answers,
      ttc: this.#clock.read(),
      hiddenFields,
      logic: view.features,
      language,
      // A question that could not be loaded needs no answer.
      waived: elements.filter((element) => fieldState(element) === 'failed').map(({ id }) => id),
    });
    if ('problems' in result) {
      if (!isQuiet) this.setState({ problems: result.problems }, () => focusProblem(box));
      return;
    }
    this.#isBusy = true;
    this.#clock.reset();
    const next = result.progress;
    try {
      const data = toData(survey, next, language, hiddenFields);
      await view.onStep({ progress: next, data, elementIds: result.elementIds, language, locale });
    } catch {
      // A failure to store must not keep the visitor on this card.
    }
    await this.#moveOn(next);
  }

  async #moveOn(next: Progress): Promise<void> {
    const { view, box, leave } = this.props;
    const ending = view.survey.endings.find(({ id }) => id === next.endingId);
    this.#stopWatching();
    if (next.finished && ending?.type !== 'endScreen') {
      const url = this.fill()(ending?.url ?? '', true);
      const isLeaving = !view.isRedirectDisabled && isSafeLink(url);
      // The card stays meanwhile: whoever closes it doesn't want to leave.
      if (isLeaving) await whenSent(view);
      const isOpen = box.parentNode;
      leave('finished');
      if (isLeaving && isOpen) (view.onOpenLink ?? goTo)(url);
      return;
    }
    this.#isBusy = false;
    this.#gestures.turn();
    this.setState(
      ({ answers }) => ({ progress: next, answers: { ...answers, ...next.answers }, closesIn: 0 }),
      () => {
        this.#enterCard();
        focusCard(box);
        this.#submitPrefilled();
        if (next.finished) this.#stayForEnding();
      },
    );
  }

  /** Closes the ending once it has been read; a change of the note about unsent answers restarts the time. */
  #stayForEnding(): void {
    const { view, box, leave } = this.props;
    const reading = closeAfterReading(box, () => view.isInline || leave('finished'));
    const { isSent = () => true, onSent = () => () => {} } = view;
    const stopWatching = watchSending(isSent, onSent, (isLate) => {
      this.setState({ isLate });
      const status = (box.getRootNode() as ShadowRoot).querySelector('[role=status]');
      if (status) status.textContent = isLate ? say('saved_and_sent_later') : '';
      reading.restart();
    });
    this.#stopWatching = () => {
      reading.stop();
      stopWatching();
    };
  }

  readonly goBack = (): void => {
    if (this.#isBusy) return;
    this.#gestures.turn();
    this.setState(
      ({ progress }) => ({ progress: goBack(progress), problems: {} }),
      () => {
        this.#enterCard();
        focusCard(this.props.box);
      },
    );
  };

  fill(): Fill {
    const { survey, hiddenFields, features } = this.props.view;
    const { progress, answers, language, locale } = this.state;
    if (!features.createFill) return (text) => text;
    const data = toData(survey, { answers: answers as Answers }, language, hiddenFields);
    return features.createFill(data, progress.variables, locale);
  }

  /** Switches the language. Answers are stored by choice id, so none is lost. */
  readonly setLanguage = (language: string, locale: string): void => {
    const { view, box } = this.props;
    box.dir = directionOf(view.survey, language, locale);
    box.lang = locale;
    this.setState({ language, locale });
    view.onLanguage?.(locale);
  };

  override render(): JSX.Element {
    return drawCard(this);
  }
}

function goTo(url: string): void {
  location.assign(url);
}
