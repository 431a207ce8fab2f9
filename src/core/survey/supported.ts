/** The element types this version draws. Constants only: the always-loaded script skips surveys by these lists. */
export const ELEMENT_TYPES = [
  'openText',
  'multipleChoiceSingle',
  'multipleChoiceMulti',
  'rating',
  'nps',
  'cta',
  'consent',
] as const;

/** The comparisons this version can make. */
export const OPERATORS = [
  'equals',
  'doesNotEqual',
  'isSubmitted',
  'isSkipped',
  'isGreaterThan',
  'isLessThan',
  'isGreaterThanOrEqual',
  'isLessThanOrEqual',
] as const;

/** What a matching rule may do in this version. */
export const OBJECTIVES = ['jumpToBlock'] as const;
