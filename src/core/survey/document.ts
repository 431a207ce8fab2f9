/**
 * The survey document: what a site owner writes and a visitor's browser draws.
 *
 * Only the parts that Inkling reads are typed; unknown keys are passed on unchanged. `findUnsupported` finds a document
 * with parts that this version doesn't support (survey-model.md 1.2 to 2.14).
 */

/** One text in all its languages. `default` is always there; other keys are language codes. */
export type Text = Readonly<Record<string, string>>;

interface ElementBase {
  readonly id: string;
  readonly headline: Text;
  readonly subheader?: Text;
  readonly imageUrl?: string;
  readonly videoUrl?: string;
  readonly required: boolean;
}

/** One validation rule of an element (survey-model.md 7). */
export interface AnswerRule {
  readonly id?: string;
  readonly type: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** The part of an address or of contact details that the rule is about. */
  readonly field?: string;
}

/** The validation rules of an element: all must be met, with `or` one. */
export interface Validation {
  readonly rules?: readonly AnswerRule[];
  readonly logic?: 'and' | 'or';
}

interface Ruled {
  readonly validation?: Validation;
}

/** One offered answer, row or column. The choice ids `other` (free text) and `none` (exclusive) are special. */
export interface Choice {
  readonly id: string;
  readonly label: Text;
}

/** Free text. `longAnswer !== false` means a text area. */
export interface OpenTextElement extends ElementBase, Ruled {
  readonly type: 'openText';
  readonly placeholder?: Text;
  readonly longAnswer?: boolean;
  readonly inputType?: 'text' | 'email' | 'url' | 'number' | 'phone';
  readonly charLimit?: { readonly enabled?: boolean; readonly min?: number; readonly max?: number };
}

/** Order of choices; `other` and `none` always stay last. */
export type ShuffleOption =
  | 'none'
  | 'all'
  | 'exceptLast'
  | 'reverseOrderOccasionally'
  | 'reverseOrderExceptLast';

/** A single or multiple choice. The answer is choice ids on the device (`picksOf`), labels on the wire (`toData`). */
export interface ChoiceElement extends ElementBase, Ruled {
  readonly type: 'multipleChoiceSingle' | 'multipleChoiceMulti';
  readonly choices: readonly Choice[];
  readonly shuffleOption?: ShuffleOption;
  readonly otherOptionPlaceholder?: Text;
  readonly displayType?: 'list' | 'dropdown';
}

interface Ends {
  readonly lowerLabel?: Text;
  readonly upperLabel?: Text;
  readonly isColorCodingEnabled?: boolean;
}

/** A score from 1 to `range`, drawn as numbers, stars or faces. */
export interface RatingElement extends ElementBase, Ends {
  /** Satisfaction (CSAT) and effort (CES) are ratings of a fixed range: 5; 5 or 7. */
  readonly type: 'rating' | 'csat' | 'ces';
  readonly scale: 'number' | 'smiley' | 'star';
  readonly range: number;
}

/** Net promoter score: 0 to 10. */
export interface NpsElement extends ElementBase, Ends {
  readonly type: 'nps';
}

/** A statement, with an external link when `buttonExternal`. The answer is `clicked`. */
export interface CtaElement extends ElementBase {
  readonly type: 'cta';
  readonly buttonExternal?: boolean;
  readonly buttonUrl?: string;
  readonly ctaButtonLabel?: Text;
}

/** One checkbox. The answer is `accepted`, or an empty text once it is unchecked. */
export interface ConsentElement extends ElementBase {
  readonly type: 'consent';
  readonly label: Text;
}

/** A date. The answer is `YYYY-MM-DD`, or an empty text once it is deselected. */
export interface DateElement extends ElementBase, Ruled {
  readonly type: 'date';
  /** Stored, but without effect: the visitor's language decides the format. */
  readonly format?: 'M-d-y' | 'd-M-y' | 'y-M-d';
}

/** One offered picture. */
export interface Picture {
  readonly id: string;
  readonly imageUrl: string;
}

/** One or several pictures. The answer is a list of choice ids, also for a single one. */
export interface PictureElement extends ElementBase, Ruled {
  readonly type: 'pictureSelection';
  readonly choices: readonly Picture[];
  readonly allowMulti?: boolean;
}

/** A file upload. The answer is the list of addresses of the uploaded files. */
export interface FileElement extends ElementBase, Ruled {
  readonly type: 'fileUpload';
  readonly allowMultipleFiles?: boolean;
  readonly maxSizeInMB?: number;
  readonly allowedFileExtensions?: readonly string[];
}

/** An appointment. The answer is `booked`. */
export interface CalElement extends ElementBase {
  readonly type: 'cal';
  readonly calUserName: string;
  readonly calHost?: string;
}

/**
 * One choice per row. On the device the answer is `{ row id: column id }`, on the wire `{ row label: column label }`;
 * answered rows only.
 */
export interface MatrixElement extends ElementBase, Ruled {
  readonly type: 'matrix';
  readonly rows: readonly Choice[];
  readonly columns: readonly Choice[];
  readonly shuffleOption?: ShuffleOption;
}

/** A ranking, best first. The answer is choice ids on the device, labels on the wire. */
export interface RankingElement extends ElementBase, Ruled {
  readonly type: 'ranking';
  readonly choices: readonly Choice[];
  readonly shuffleOption?: ShuffleOption;
}

/** One line of an address or of contact details; its placeholder is its label. */
export interface PartField {
  readonly show: boolean;
  readonly required: boolean;
  readonly placeholder: Text;
}

/** The lines of an address, in the order of the answer's six texts. */
export type AddressPart = 'addressLine1' | 'addressLine2' | 'city' | 'state' | 'zip' | 'country';
/** The lines of contact details, in the order of the answer's five texts. */
export type ContactPart = 'firstName' | 'lastName' | 'email' | 'phone' | 'company';

/** A postal address. The answer is all six lines in order, empty texts included. */
export interface AddressElement extends ElementBase, Ruled, Readonly<Record<AddressPart, PartField>> {
  readonly type: 'address';
}

/** Contact details. The answer is all five lines in order, empty texts included. */
export interface ContactElement extends ElementBase, Ruled, Readonly<Record<ContactPart, PartField>> {
  readonly type: 'contactInfo';
}

/** Every element of survey-model.md 2. */
export type SurveyElement =
  | OpenTextElement
  | ChoiceElement
  | RatingElement
  | NpsElement
  | CtaElement
  | ConsentElement
  | DateElement
  | PictureElement
  | FileElement
  | CalElement
  | MatrixElement
  | RankingElement
  | AddressElement
  | ContactElement;

/** An operand of a condition. */
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

/** The action of a matching rule: `calculate`, `requireAnswer` or `jumpToBlock` (survey-model.md 4.6). */
export interface LogicAction {
  readonly id: string;
  readonly objective: string;
  /** The id of the block or ending of `jumpToBlock`, or of the element of `requireAnswer`. */
  readonly target?: string | undefined;
  /** The variable that `calculate` changes, the operator and its operand. */
  readonly variableId?: string;
  readonly operator?: string;
  readonly value?: Operand;
}

/** One logic rule of a block. */
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

/** A question of the legacy model: an element with its own logic and button labels (survey-model.md 1.6). */
export type LegacyQuestion = SurveyElement & {
  readonly logic?: readonly LogicRule[];
  readonly logicFallback?: string;
  readonly buttonLabel?: Text;
  readonly backButtonLabel?: Text;
};

/** The card before the first block. */
export interface WelcomeCard {
  readonly enabled: boolean;
  readonly headline?: Text;
  readonly subheader?: Text;
  readonly buttonLabel?: Text;
  readonly fileUrl?: string;
  readonly videoUrl?: string;
  readonly timeToFinish?: boolean;
  /** Number of responses, where the site that embeds the document provides it. */
  readonly responseCount?: number;
  readonly showResponseCount?: boolean;
}

/** An ending, shown after the last block. */
export interface Ending {
  readonly id: string;
  readonly type: 'endScreen' | 'redirectToUrl';
  readonly headline?: Text;
  readonly subheader?: Text;
  readonly buttonLabel?: Text;
  readonly buttonLink?: string;
  readonly imageUrl?: string;
  readonly videoUrl?: string;
  /** The address of `redirectToUrl`, and its name for the owner. */
  readonly url?: string;
  readonly label?: string;
}

/** A variable that logic calculates with. */
export interface Variable {
  readonly id: string;
  readonly name: string;
  readonly type: 'number' | 'text';
  readonly value: number | string;
}

/** A language that a survey is written in. */
export interface SurveyLanguage {
  readonly default: boolean;
  readonly enabled: boolean;
  readonly language: { readonly id: string; readonly code: string; readonly alias?: string | null };
}

/** The position of the card on the page. */
export type Placement = 'bottomLeft' | 'bottomRight' | 'topLeft' | 'topRight' | 'center';
/** The overlay between the page and the card. */
export type Overlay = 'none' | 'light' | 'dark';

/** A colour pair; `dark` is used when dark mode is on. */
export interface StyleColor {
  readonly light: string;
  readonly dark?: string | null;
}

type ColorField =
  | 'brandColor'
  | 'elementHeadlineColor'
  | 'elementDescriptionColor'
  | 'elementUpperLabelColor'
  | 'buttonBgColor'
  | 'buttonTextColor'
  | 'inputBgColor'
  | 'inputBorderColor'
  | 'inputTextColor'
  | 'optionBgColor'
  | 'optionLabelColor'
  | 'optionBorderColor'
  | 'progressTrackBgColor'
  | 'progressIndicatorBgColor'
  | 'cardBackgroundColor'
  | 'cardBorderColor'
  | 'highlightBorderColor'
  | 'accentBgColor'
  | 'accentBgColorSelected';

/** Numbers, and texts that are numbers, are pixels (or plain figures for weights and opacity); other texts are CSS. */
type SizeField =
  | 'elementHeadlineFontSize'
  | 'elementHeadlineFontWeight'
  | 'elementDescriptionFontSize'
  | 'elementDescriptionFontWeight'
  | 'elementUpperLabelFontSize'
  | 'elementUpperLabelFontWeight'
  | 'buttonBorderRadius'
  | 'buttonHeight'
  | 'buttonFontSize'
  | 'buttonFontWeight'
  | 'buttonPaddingX'
  | 'buttonPaddingY'
  | 'inputBorderRadius'
  | 'inputHeight'
  | 'inputFontSize'
  | 'inputPaddingX'
  | 'inputPaddingY'
  | 'inputPlaceholderOpacity'
  | 'inputShadow'
  | 'optionBorderRadius'
  | 'optionPaddingX'
  | 'optionPaddingY'
  | 'optionFontSize'
  | 'progressTrackHeight'
  | 'roundness'
  | 'fontFamily';

/** Styling fields of a card (survey-model.md 9); those of a link survey's page are passed on unchanged. */
export interface Styling
  extends Readonly<Partial<Record<ColorField, StyleColor | null>>>,
    Readonly<Partial<Record<SizeField, number | string | null>>> {
  readonly allowStyleOverwrite?: boolean;
  readonly overwriteThemeStyling?: boolean | null;
  readonly isDarkModeEnabled?: boolean | null;
  readonly hideProgressBar?: boolean | null;
  readonly cardArrangement?: { readonly linkSurveys?: string; readonly appSurveys?: string } | null;
}

/** A survey's own values of the environment's settings. */
export interface Overwrites {
  readonly brandColor?: string | null;
  readonly highlightBorderColor?: string | null;
  readonly placement?: Placement | null;
  readonly clickOutsideClose?: boolean | null;
  readonly overlay?: Overlay | null;
}

/** A survey as it is in the environment's reply. */
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
  /** `occurrence` n: from the n-th time on that the action fires on a device; not in Formbricks (differences.md 2.15). */
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
  readonly isAutoProgressingEnabled?: boolean;
  readonly showLanguageSwitch?: boolean | null;
  /** Events after which the person's segments may have changed (client-api.md 3.1). */
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

/** A URL rule. */
export interface UrlFilter {
  readonly rule: string;
  readonly value: string;
}

/** When a no-code action fires. */
export interface NoCodeConfig {
  readonly type: string;
  readonly urlFilters?: readonly UrlFilter[];
  readonly urlFiltersConnector?: 'or' | 'and';
  /** `click`: the element to click. */
  readonly elementSelector?: { readonly cssSelector?: string; readonly innerHtml?: string };
  /** `pageDwell` and `idle`. */
  readonly timeInSeconds?: number;
  /** `scrollDepth`: how far down, of 100. */
  readonly percentage?: number;
}

/** An action class: an event on the page that can open a survey. */
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
