// The always-loaded script skips surveys by these patterns, so they are written for few bytes: all of survey-model.md.

/** The element types (survey-model.md 2). */
export const ELEMENT_TYPES =
  /^(openText|multipleChoice(Single|Multi)|nps|rating|c(sat|es|ta|al|onsent|ontactInfo)|date|pictureSelection|fileUpload|matrix|address|ranking)$/;

/** The comparisons (survey-model.md 4.5). */
export const OPERATORS =
  /^(equals(OneOf)?|contains|(start|end)sWith|includes(All|One)Of|doesNot(Equal|Contain|(Start|End)With|Include(All|One)Of)|is((Greater|Less)Than(OrEqual)?|(Partially|Completely)?Submitted|Skipped|(Not)?(Clicked|Set|Empty)|Accepted|Before|After|Booked|AnyOf))$/;

/** What a matching rule may do, legacy questions included (survey-model.md 4.6, 1.6). */
export const OBJECTIVES = /^(jumpTo(Block|Question)|calculate|requireAnswer)$/;
