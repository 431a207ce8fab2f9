import { attempt } from './attempt.ts';

/**
 * Creates a function that adopts style sheets into a shadow root, each text once. A sheet that the browser refuses is
 * left out: without its styles a survey can still be answered.
 *
 * Constructed sheets, since a page's content security policy may block `<style>`.
 */
export function createAdopter(root: ShadowRoot): (texts: readonly string[]) => void {
  const adopted = new Set<string>();
  return (texts) => {
    for (const text of texts) {
      if (adopted.has(text)) continue;
      attempt(() => {
        adopted.add(text);
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(text);
        root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      });
    }
  };
}
