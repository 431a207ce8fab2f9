/// <reference path="./css.d.ts" />
import { Component, type ComponentChild, type JSX } from 'preact';
import type { Answers, Survey, SurveyLanguage, Text } from '../core/survey/document.ts';
import { durationOf } from '../core/survey/duration.ts';
import { fillRecall } from '../core/survey/recall.ts';
import { parseRichText, type RichNode } from '../core/survey/rich-text.ts';
import { isWebAddress } from '../core/survey/validate.ts';
import { frameOf } from '../core/survey/video.ts';
import type { SurveyView } from './contract.ts';
import { Heading } from './Heading.tsx';
import { listen } from './leaving.ts';
import css from './rich.css?inline';
import { RICH_TEXTS } from './rich-texts.ts';
import { addTexts, say } from './strings.ts';

export { goesOnByItself } from '../core/survey/auto-progress.ts';
export { isPageDark, watchScheme } from './dark.ts';
export { dress } from './dress.ts';
export { watchOutside } from './modal.ts';
export { css };

addTexts(RICH_TEXTS);

/** Writes a text with what it recalls; `encode` is put over each recalled value. */
export type Fill = (text: string, encode?: (words: string) => string) => string;

/**
 * Gives what fills recall tokens: answers as the wire has them, hidden fields among them, then variables by id.
 *
 * Dates are calendar dates: written in UTC, where they were put, they stay the same day everywhere.
 */
export function fillFrom(
  data: Answers,
  variables: Readonly<Record<string, string | number>>,
  locale: string | undefined,
): Fill {
  return (text, encode) =>
    fillRecall(text, {
      encode,
      find: (id) => data[id] ?? variables[id],
      formatDate: (year, month, day) => {
        const date = new Date(Date.UTC(year, month - 1, day));
        if (date.getUTCMonth() !== month - 1) return undefined;
        const parts = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' } as const;
        return date.toLocaleDateString(locale, { ...parts, timeZone: 'UTC' });
      },
    });
}

/** A text as nodes: allowed tags only, recalled words always as words. */
export function drawText(text: string, fill: Fill): ComponentChild {
  return parseRichText(text).map((node) => drawNode(node, fill));
}

function drawNode(node: RichNode, fill: Fill): ComponentChild {
  if (typeof node === 'string') return fill(node);
  const { tag, href, children } = node;
  const link = href && { href: fill(href, encodeURIComponent), target: '_blank', rel: 'noopener' };
  // Any of the allowed tags: to the compiler they are all alike.
  const Tag = tag as 'a';
  return <Tag {...link}>{children.map((child) => drawNode(child, fill))}</Tag>;
}

/** So few say nothing (survey-model.md 3.3). */
const FEW = 3;

/** What stands before the first question. */
export function Welcome(props: {
  readonly survey: Survey;
  readonly rich: (text: Text | undefined) => ComponentChild;
}): JSX.Element {
  const { survey, rich } = props;
  const {
    headline,
    subheader,
    fileUrl,
    videoUrl,
    timeToFinish,
    showResponseCount,
    responseCount = 0,
  } = survey.welcomeCard;
  const { key, minutes } = durationOf(survey);
  return (
    <section class="still">
      <Heading
        id="q0"
        headline={rich(headline)}
        subheader={rich(subheader)}
        imageUrl={fileUrl}
        videoUrl={videoUrl}
      />
      {timeToFinish && <p class="note">{say(key, minutes)}</p>}
      {showResponseCount && responseCount > FEW && (
        <p class="note">{say('people_responded', responseCount)}</p>
      )}
    </section>
  );
}

/** The languages a survey can be read in, each once. */
export function languagesOf({ languages }: Pick<Survey, 'languages'>): readonly SurveyLanguage[] {
  const rows = languages.filter((row) => row.enabled || row.default);
  return rows.filter((row, index) => rows.findIndex((one) => one.language.id === row.language.id) === index);
}

/** Lets the visitor choose another language; a native list, so that every keyboard and phone has its own. */
export function LanguageSwitch(props: {
  readonly survey: Survey;
  readonly language: string;
  readonly onChange: (language: string, code: string) => void;
}): JSX.Element | null {
  const { survey, language, onChange } = props;
  const rows = languagesOf(survey);
  if (!survey.showLanguageSwitch || rows.length < 2) return null;
  const keyOf = (row: SurveyLanguage): string => (row.default ? 'default' : row.language.code);
  return (
    <div class="lang">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <circle cx="12" cy="12" r="9" />
        <path d="M3 12h18M12 3q-8 9 0 18 8-9 0-18" />
      </svg>
      <select
        aria-label={say('language_switch')}
        value={language}
        onChange={({ currentTarget: { value } }) => {
          const row = rows.find((one) => keyOf(one) === value);
          if (row) onChange(value, row.language.code);
        }}
      >
        {rows.map((row) => (
          <option key={row.language.id} value={keyOf(row)} lang={row.language.code}>
            {nameOf(row.language.code)}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A language's name in that language. */
function nameOf(code: string): string {
  try {
    return new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** What stands above a headline: a picture, a video. */
export function Media(props: {
  readonly imageUrl: string | undefined;
  readonly videoUrl: string | undefined;
}): JSX.Element {
  const { imageUrl, videoUrl } = props;
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
      {videoUrl && <Video url={videoUrl} />}
    </>
  );
}

/** Where an ending leads, when the visitor wants to. */
export function EndingLink(props: {
  readonly href: string;
  readonly label: string;
  readonly open: SurveyView['onOpenLink'];
}): JSX.Element | null {
  const { href, label, open } = props;
  if (!isWebAddress(href)) return null;
  return (
    <a
      class="button"
      href={href}
      target="_top"
      onClick={(event) => {
        if (!open) return;
        event.preventDefault();
        open(href);
      }}
    >
      {label || say('next')}
    </a>
  );
}

/** The time that is left before a survey closes by itself. */
export function Countdown({ seconds }: { readonly seconds: number }): JSX.Element {
  return (
    <div class="bar time" aria-hidden="true">
      <i style={{ '--time': `${seconds}s` }} />
    </div>
  );
}

/** What counts as using the survey (survey-model.md 3.7); focus alone does not. */
const USES = ['pointerdown', 'pointerover', 'keydown', 'touchstart'];

/** Calls once when nobody has used the survey for so many seconds. Gives the release; `onUse` says it is off. */
export function waitForUse(
  box: HTMLElement,
  seconds: number,
  onUse: () => void,
  leave: () => void,
): () => void {
  const timer = setTimeout(leave, seconds * 1000);
  const stop = listen(box, USES, () => {
    release();
    onUse();
  });
  const release = (): void => {
    clearTimeout(timer);
    stop();
  };
  return release;
}

/** The colour of a score: how far it is from the best (survey-model.md 2.4, 2.5). */
export function toneOf(score: number, last: number): string {
  const distance = last - score;
  if (distance < (last < 5 ? 1 : 2)) return 'good';
  return distance < (last < 5 ? 2 : last > 5 ? 4 : 3) ? 'fair' : 'poor';
}

/** A video of one of the three hosts. Nothing is asked of the host before the visitor wants to see it. */
class Video extends Component<{ readonly url: string }, { isWanted: boolean }> {
  override render(): JSX.Element | null {
    const frame = frameOf(this.props.url);
    if (!frame) return null;
    if (this.state.isWanted)
      return (
        <iframe
          class="video"
          src={frame}
          title={say('question_video')}
          allow="autoplay; fullscreen; picture-in-picture"
          sandbox="allow-scripts allow-same-origin allow-presentation allow-popups"
          referrerpolicy="strict-origin-when-cross-origin"
        />
      );
    return (
      <button type="button" class="video" onClick={() => this.setState({ isWanted: true })}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="12" cy="12" r="9" />
          <path d="m10 8.5 5.5 3.5-5.5 3.5z" />
        </svg>
        {say('play_video', new URL(frame).hostname.replace(/^(www|player)\.|-nocookie/g, ''))}
      </button>
    );
  }
}
