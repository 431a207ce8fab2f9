/**
 * Every keyword of a document that this version must support to draw it: element types (survey-model.md 2), comparisons
 * (4.5), logic actions, those of legacy questions included (4.6, 1.6), and display options.
 *
 * One pattern for all, to save bytes in the script that every page loads. It doesn't check that a keyword stands in the
 * right place: the server does, and no comparison has the name of an element type.
 */
export const WORDS =
  /^(openText|multipleChoice(Single|Multi)|nps|rating|c(sat|es|ta|al|onsent|ontactInfo)|date|pictureSelection|fileUpload|matrix|address|ranking|equals(OneOf)?|contains|(start|end)sWith|includes(All|One)Of|doesNot(Equal|Contain|(Start|End)With|Include(All|One)Of)|is((Greater|Less)Than(OrEqual)?|(Partially|Completely)?Submitted|Skipped|(Not)?(Clicked|Set|Empty)|Accepted|Before|After|Booked|AnyOf)|jumpTo(Block|Question)|calculate|requireAnswer|display(Once|Multiple|Some)|respondMultiple)$/;
