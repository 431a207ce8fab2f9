import { Component, type JSX } from 'preact';
import type { Answers, AnswerValue, Block, SurveyElement } from '../core/survey/document.ts';
import { blockOn, goBack, openProgress, type Progress, submitCard } from '../core/survey/progress.ts';
import { directionOf } from '../core/survey/text.ts';
import { toData } from '../core/survey/to-data.ts';
import { isSafeLink } from '../core/survey/validate.ts';
import type { Fill } from './base/features.ts';
import type { CardModel, CardState, SurveyCardProps } from './card-model.ts';
import { startClock } from './clock.ts';
import { drawCard } from './draw-card.tsx';
import { closeAfterReading, watchSending } from './ending-timers.ts';
import { focusCard, focusProblem } from './focus.ts';
import { fieldState, loadField } from './load-fields.ts';
import { say } from './texts/strings.ts';

/** A choice that moves on by itself is seen for so long. */
const AUTO_SUBMIT_MS = 350;

/**
 * One survey on screen: holds where the visitor stands, asks core what follows, draws it. Keeps no rules.
 *
 * A class, since hooks would add 800 bytes to what every visitor who is asked something has to load.
 */
export class SurveyCard extends Component<SurveyCardProps, CardState> implements CardModel {
  readonly #clock = startClock();
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
    // What could not be had before may be there now.
    for (const element of elements) void loadField(element);
  }

  /** A card that was answered beforehand needs no visitor, unless it is answered wrongly. */
  #submitPrefilled(): void {
    const { prefill, skipPrefilled } = this.props.view;
    const elements = this.#elements();
    if (skipPrefilled && elements[0] && elements.every(({ id }) => prefill?.[id] !== undefined)) {
      this.#clock.turnTo('');
      this.#clock.reset();
      void this.submit(true);
    }
  }

  /** Whether an answer on this card needs no "Next" (survey-model.md 3.8). */
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

  async submit(isQuiet = false): Promise<void> {
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
      return this.submit();
    }
    const result = submitCard(survey, progress, {
      answers,
      ttc: this.#clock.read(),
      hiddenFields,
      logic: view.features,
      language: view.language,
      // A question that could not be loaded asks for nothing.
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
      // What the shell can't store must not keep the visitor on this card.
    }
    this.#isBusy = false;
    this.#moveOn(next);
  }

  #moveOn(next: Progress): void {
    const { view, box, leave } = this.props;
    const ending = view.survey.endings.find(({ id }) => id === next.endingId);
    if (next.finished && ending?.type !== 'endScreen') {
      const url = this.fill()(ending?.url ?? '', encodeURIComponent);
      leave('finished');
      if (!view.isRedirectDisabled && isSafeLink(url)) (view.onOpenLink ?? goTo)(url);
      return;
    }
    this.#stopWatching();
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

  /** The ending goes when it has been read; a word on the sending that comes or goes is to be read, too. */
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

  /** From now on in another language; answers are kept by id, so none is lost. */
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
