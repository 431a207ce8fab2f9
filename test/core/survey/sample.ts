import type {
  Block,
  Choice,
  ChoiceElement,
  ConsentElement,
  CtaElement,
  DateElement,
  MatrixElement,
  NpsElement,
  OpenTextElement,
  PictureElement,
  RankingElement,
  RatingElement,
  Settings,
  Survey,
} from '../../../src/core/survey/document.ts';

const headline = { default: 'Headline' };

export const choice = (id: string, label = id.toUpperCase()): Choice => ({ id, label: { default: label } });

export const openText = (more: Partial<OpenTextElement> = {}): OpenTextElement => ({
  id: 'text',
  type: 'openText',
  headline,
  required: false,
  longAnswer: false,
  ...more,
});

export const single = (more: Partial<ChoiceElement> = {}): ChoiceElement => ({
  id: 'single',
  type: 'multipleChoiceSingle',
  headline,
  required: false,
  choices: [choice('other'), choice('a'), choice('b')],
  ...more,
});

export const multi = (more: Partial<ChoiceElement> = {}): ChoiceElement => ({
  ...single(),
  id: 'multi',
  type: 'multipleChoiceMulti',
  choices: [choice('none'), choice('other'), choice('a'), choice('b')],
  ...more,
});

export const nps = (more: Partial<NpsElement> = {}): NpsElement => ({
  id: 'nps',
  type: 'nps',
  headline,
  required: false,
  ...more,
});

export const rating = (more: Partial<RatingElement> = {}): RatingElement => ({
  id: 'rating',
  type: 'rating',
  headline,
  required: false,
  scale: 'number',
  range: 5,
  ...more,
});

export const cta = (more: Partial<CtaElement> = {}): CtaElement => ({
  id: 'cta',
  type: 'cta',
  headline,
  required: false,
  ...more,
});

export const consent = (more: Partial<ConsentElement> = {}): ConsentElement => ({
  id: 'consent',
  type: 'consent',
  headline,
  label: { default: 'I agree' },
  required: false,
  ...more,
});

export const date = (more: Partial<DateElement> = {}): DateElement => ({
  id: 'date',
  type: 'date',
  headline,
  required: false,
  ...more,
});

export const pictures = (more: Partial<PictureElement> = {}): PictureElement => ({
  id: 'pictures',
  type: 'pictureSelection',
  headline,
  required: false,
  allowMulti: true,
  choices: ['p1', 'p2', 'p3'].map((id) => ({ id, imageUrl: `https://x.org/${id}.png` })),
  ...more,
});

export const ranking = (more: Partial<RankingElement> = {}): RankingElement => ({
  id: 'ranking',
  type: 'ranking',
  headline,
  required: false,
  choices: ['a', 'b', 'c'].map((id) => choice(id)),
  ...more,
});

/** Rows `r1`, `r2`; columns `c1`, `c2`. */
export const matrix = (more: Partial<MatrixElement> = {}): MatrixElement => ({
  id: 'matrix',
  type: 'matrix',
  headline,
  required: false,
  rows: [choice('r1'), choice('r2')],
  columns: [choice('c1'), choice('c2')],
  ...more,
});

export const block = (id: string, elements: Block['elements'], more: Partial<Block> = {}): Block => ({
  id,
  elements,
  ...more,
});

export const survey = (more: Partial<Survey> = {}): Survey => ({
  id: 'survey',
  type: 'app',
  status: 'inProgress',
  welcomeCard: { enabled: false },
  blocks: [],
  questions: [],
  endings: [],
  variables: [],
  hiddenFields: { enabled: false },
  languages: [],
  triggers: [],
  segment: null,
  displayOption: 'displayOnce',
  displayLimit: null,
  displayPercentage: null,
  recontactDays: null,
  delay: 0,
  autoClose: null,
  ...more,
});

export const settings = (more: Partial<Settings> = {}): Settings => ({
  id: 'settings',
  recontactDays: 0,
  clickOutsideClose: false,
  overlay: 'none',
  placement: 'bottomRight',
  inAppSurveyBranding: false,
  styling: {},
  ...more,
});
