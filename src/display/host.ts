/**
 * Puts the host element `<inkling-survey>` at the end of `parent` (`<body>` when left out). Its open shadow root holds an
 * empty `role="status"`: a screen reader reads aloud only a region that it knows before text is put in.
 */
export function appendHost(parent?: Element): HTMLElement {
  const host = document.createElement('inkling-survey');
  const status = document.createElement('div');
  status.setAttribute('role', 'status');
  host.attachShadow({ mode: 'open' }).append(status);
  // A survey may be asked for while the page's head is parsed.
  (parent ?? document.body ?? document.documentElement).append(host);
  return host;
}
