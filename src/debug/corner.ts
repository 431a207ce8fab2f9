/** Corners in the order they are tried; a survey is in the opposite one by default. */
const CORNERS = ['top-left', 'top-right', 'bottom-left', 'bottom-right'];

/** Moves the panel to a corner where no survey is; folds it where there is no such corner. */
export function makeRoom(panel: HTMLElement, setFolded: (isFolded: boolean) => void): void {
  const survey = document.querySelector('inkling-survey')?.shadowRoot?.querySelector('[role=dialog]');
  const isFree = (corner: string): boolean => {
    panel.className = `panel ${corner}${panel.classList.contains('folded') ? ' folded' : ''}`;
    return !survey || !doOverlap(panel.getBoundingClientRect(), survey.getBoundingClientRect());
  };
  const stay = CORNERS.filter((corner) => panel.classList.contains(corner));
  if ([...stay, ...CORNERS].some(isFree)) return;
  setFolded(true);
  CORNERS.some(isFree);
}

function doOverlap(one: DOMRect, other: DOMRect): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
