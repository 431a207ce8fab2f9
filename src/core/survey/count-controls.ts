import type { SurveyElement } from './document.ts';

/**
 * The number of controls that an element draws: choices, cells of a matrix, points of a scale.
 *
 * @example
 * countControls({ type: 'matrix', rows: [a, b], columns: [c, d, e], … }); // 6
 */
export function countControls(element: SurveyElement): number {
  const { rows, columns, choices, range } = element as {
    readonly rows?: readonly unknown[];
    readonly columns?: readonly unknown[];
    readonly choices?: readonly unknown[];
    readonly range?: number;
  };
  return (rows?.length ?? 1) * ((columns ?? choices)?.length ?? range ?? 1);
}
