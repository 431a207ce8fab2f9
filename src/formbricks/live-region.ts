/** The id that sites name to keep a modal of their own from hiding the region from screen readers. */
const LIVE_REGION = 'formbricks-live-region';

/**
 * Adds the empty status region of `@formbricks/js` to the page, as soon as it has a body. Nothing is written into it: an
 * open survey has a status region of its own.
 */
export function addLiveRegion(): void {
  const add = (): void => {
    if (document.getElementById(LIVE_REGION)) return;
    const region = document.createElement('div');
    region.id = LIVE_REGION;
    region.setAttribute('role', 'status');
    Object.assign(region.style, {
      position: 'absolute',
      width: '1px',
      height: '1px',
      clipPath: 'inset(50%)',
    });
    document.body.append(region);
  };
  if (document.body) add();
  else document.addEventListener('DOMContentLoaded', add, { once: true });
}
