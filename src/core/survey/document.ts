/**
 * The survey document: what a site owner writes and a visitor's browser draws.
 *
 * Only the parts that Inkling reads are typed; unknown keys travel untouched. A document that holds something
 * this version cannot draw is found by `findUnsupported`, never by a crash (survey-model.md 1.2 to 2.7).
 */

/** One text in all its languages. `default` is always there; other keys are language codes. */
export type Text = Readonly<Record<string, string>>;

interface ElementBase {
  readonly id: string;
  readonly headline: Text;
  readonly subheader?: Text;
  readonly imageUrl?: string;
  readonly required: boolean;
}

/** One offered answer. The ids `other` (free text) and `none` (exclusive) are special. */
export interface Choice {
  readonly id: string;
  readonly label: Text;
}

/** Free text. `longAnswer !== false` means a text area. */
export interface OpenTextElement extends ElementBase {
  readonly type: 'openText';
  readonly placeholder?: Text;
  readonly longAnswer?: boolean;
  readonly inputType?: 'text' | 'email' | 'url' | 'number' | 'phone';
  readonly charLimit?: { readonly enabled?: boolean; readonly min?: number; readonly max?: number };
}

/** How the order of choices is mixed; `other` and `none` always stay last. */
export type ShuffleOption =
  | 'none'
  | 'all'
  | 'exceptLast'
  | 'reverseOrderOccasionally'
  | 'reverseOrderExceptLast';

/** One or several of a list. */
export interface ChoiceElement extends ElementBase {
  readonly type: 'multipleChoiceSingle' | 'multipleChoiceMulti';
  readonly choices: readonly Choice[];
  readonly shuffleOption?: ShuffleOption;
  readonly otherOptionPlaceholder?: Text;
}

/** A score out of `range`, drawn as numbers, stars or faces. */
export interface RatingElement extends ElementBase {
  readonly type: 'rating';
  readonly scale: 'number' | 'smiley' | 'star';
  readonly range: number;
  readonly lowerLabel?: Text;
  readonly upperLabel?: Text;
  readonly isColorCodingEnabled?: boolean;
}

/** The eleven buttons 0 to 10. */
export interface NpsElement extends ElementBase {
  readonly type: 'nps';
  readonly lowerLabel?: Text;
  readonly upperLabel?: Text;
  readonly isColorCodingEnabled?: boolean;
}

/** A statement, with an outside link when `buttonExternal`. */
export interface CtaElement extends ElementBase {
  readonly type: 'cta';
  readonly buttonExternal?: boolean;
  readonly buttonUrl?: string;
  readonly ctaButtonLabel?: Text;
}

/** One box to tick. */
export interface ConsentElement extends ElementBase {
  readonly type: 'consent';
  readonly label: Text;
}

/** Every element this version draws. */
export type SurveyElement =
  | OpenTextElement
  | ChoiceElement
  | RatingElement
  | NpsElement
  | CtaElement
  | ConsentElement;

/** What a condition looks at. */
export interface Operand {
  readonly type: 'element' | 'question' | 'variable' | 'hiddenField' | 'static';
  readonly value: string | number | readonly string[];
  readonly meta?: Readonly<Record<string, string>>;
}

/** One comparison (survey-model.md 4.1). */
export interface Condition {
  readonly id: string;
  readonly leftOperand: Operand;
  readonly operator: string;
  readonly rightOperand?: Operand;
}

/** Conditions joined by one connector, nested to any depth. */
export interface ConditionGroup {
  readonly id: string;
  readonly connector: 'and' | 'or';
  readonly conditions: readonly (Condition | ConditionGroup)[];
}

/** What a matching rule does. Only `jumpToBlock` is drawn so far. */
export interface LogicAction {
  readonly id: string;
  readonly objective: string;
  readonly target?: string | undefined;
  /** What `calculate` works with; named here because the legacy conversion renames its operand. */
  readonly value?: Operand;
}

/** One rule of a block. */
export interface LogicRule {
  readonly id: string;
  readonly conditions: ConditionGroup;
  readonly actions: readonly LogicAction[];
}

/** One card: its elements, labels and logic. */
export interface Block {
  readonly id: string;
  readonly name?: string;
  readonly elements: readonly SurveyElement[];
  readonly logic?: readonly LogicRule[];
  readonly logicFallback?: string;
  readonly buttonLabel?: Text;
  readonly backButtonLabel?: Text;
}

/** The legacy model: an element that carries its own logic and labels (survey-model.md 1.6). */
export type LegacyQuestion = SurveyElement & {
  readonly logic?: readonly LogicRule[];
  readonly logicFallback?: string;
  readonly buttonLabel?: Text;
  readonly backButtonLabel?: Text;
};

/** What is shown before the first block. */
export interface WelcomeCard {
  readonly enabled: boolean;
  readonly headline?: Text;
  readonly subheader?: Text;
  readonly buttonLabel?: Text;
  readonly fileUrl?: string;
  readonly timeToFinish?: boolean;
}

/** What is shown after the last block. */
export interface Ending {
  readonly id: string;
  readonly type: 'endScreen' | 'redirectToUrl';
  readonly headline?: Text;
  readonly subheader?: Text;
  readonly buttonLabel?: Text;
  readonly buttonLink?: string;
  readonly url?: string;
  readonly label?: string;
}

/** A value the survey computes with, by id. */
export interface Variable {
  readonly id: string;
  readonly name: string;
  readonly type: 'number' | 'text';
  readonly value: number | string;
}

/** A language a survey is written in. */
export interface SurveyLanguage {
  readonly default: boolean;
  readonly enabled: boolean;
  readonly language: { readonly id: string; readonly code: string; readonly alias?: string | null };
}

/** Where the card stands on the page. */
export type Placement = 'bottomLeft' | 'bottomRight' | 'topLeft' | 'topRight' | 'center';
/** What lies between the page and the card. */
export type Overlay = 'none' | 'light' | 'dark';

/** A colour pair; `dark` is used when dark mode is on. */
export interface StyleColor {
  readonly light: string;
  readonly dark?: string | null;
}

/** The styling fields this version reads; the others travel untouched. */
export interface Styling {
  readonly allowStyleOverwrite?: boolean;
  readonly overwriteThemeStyling?: boolean | null;
  readonly brandColor?: StyleColor | null;
  readonly isDarkModeEnabled?: boolean | null;
  readonly roundness?: number | string | null;
  readonly hideProgressBar?: boolean | null;
}

/** A survey's own say over the environment's settings. */
export interface Overwrites {
  readonly brandColor?: string | null;
  readonly placement?: Placement | null;
  readonly clickOutsideClose?: boolean | null;
  readonly overlay?: Overlay | null;
}

/** A survey as the environment carries it. */
export interface Survey {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly welcomeCard: WelcomeCard;
  readonly blocks: readonly Block[];
  readonly questions: readonly LegacyQuestion[];
  readonly endings: readonly Ending[];
  readonly variables: readonly Variable[];
  readonly hiddenFields: { readonly enabled: boolean; readonly fieldIds?: readonly string[] };
  readonly languages: readonly SurveyLanguage[];
  /** `occurrence` n: from the n-th time on that the action fires on a device; Inkling's own (decisions.md). */
  readonly triggers: readonly {
    readonly actionClass: { readonly name: string };
    readonly occurrence?: number | undefined;
  }[];
  readonly segment: {
    readonly id: string;
    readonly hasFilters?: boolean;
    readonly filters?: readonly unknown[];
  } | null;
  readonly displayOption: string;
  readonly displayLimit: number | null;
  readonly displayPercentage: number | null;
  readonly recontactDays: number | null;
  readonly delay: number;
  readonly autoClose: number | null;
  readonly isBackButtonHidden?: boolean;
  /** After which events the person's segments may have changed (client-api.md 3.1). */
  readonly interactionRefresh?: Readonly<Partial<Record<'onDisplay' | 'onResponse' | 'onFinished', boolean>>>;
  readonly styling?: Styling | null;
  readonly workspaceOverwrites?: Overwrites | null;
}

/** The environment's own settings. */
export interface Settings {
  readonly id: string;
  readonly recontactDays: number;
  readonly clickOutsideClose: boolean;
  readonly overlay: Overlay;
  readonly placement: Placement;
  readonly inAppSurveyBranding: boolean;
  readonly styling: Styling;
}

/** A rule about the page's address. */
export interface UrlFilter {
  readonly rule: string;
  readonly value: string;
}

/** What makes a no-code action fire. */
export interface NoCodeConfig {
  readonly type: string;
  readonly urlFilters?: readonly UrlFilter[];
  readonly urlFiltersConnector?: 'or' | 'and';
  /** `click`: what must be clicked. */
  readonly elementSelector?: { readonly cssSelector?: string; readonly innerHtml?: string };
  /** `pageDwell` and `idle`. */
  readonly timeInSeconds?: number;
  /** `scrollDepth`: how far down, of 100. */
  readonly percentage?: number;
}

/** A thing visitors do that can open a survey. */
export interface ActionClass {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly key: string | null;
  readonly noCodeConfig: NoCodeConfig | null;
}

/** A value in `response.data`. */
export type AnswerValue = string | number | readonly string[] | Readonly<Record<string, string>>;
/** Answers by element id (and hidden fields by theirs). */
export type Answers = Readonly<Record<string, AnswerValue>>;
