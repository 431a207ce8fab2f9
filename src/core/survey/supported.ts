/**
 * Every word of a document that this version must know to draw it: element types (survey-model.md 2), comparisons (4.5),
 * what a matching rule may do, legacy questions included (4.6, 1.6), and display options.
 *
 * One pattern for all, written for few bytes, since the always-loaded script skips surveys by it. That a word stands
 * where it belongs is the server's business: a comparison is no element's type in any version.
 */
export const WORDS =
  /^(openText|multipleChoice(Single|Multi)|nps|rating|c(sat|es|ta|al|onsent|ontactInfo)|date|pictureSelection|fileUpload|matrix|address|ranking|equals(OneOf)?|contains|(start|end)sWith|includes(All|One)Of|doesNot(Equal|Contain|(Start|End)With|Include(All|One)Of)|is((Greater|Less)Than(OrEqual)?|(Partially|Completely)?Submitted|Skipped|(Not)?(Clicked|Set|Empty)|Accepted|Before|After|Booked|AnyOf)|jumpTo(Block|Question)|calculate|requireAnswer|display(Once|Multiple|Some)|respondMultiple)$/;
