/** The class that colours a score, by its distance from the best one (survey-model.md 2.4, 2.5). */
export function toneOf(score: number, last: number): string {
  const distance = last - score;
  if (distance < (last < 5 ? 1 : 2)) return 'good';
  return distance < (last < 5 ? 2 : last > 5 ? 4 : 3) ? 'fair' : 'poor';
}
