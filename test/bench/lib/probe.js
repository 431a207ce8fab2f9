// Injected before any page script. Watches for the survey's control once per animation frame.
// A selector path pierces open shadow roots with '>>>', e.g. "#host >>> button.rating".
(() => {
  if (window.top !== window) return;
  const cfg = __CONFIG__;
  const S = { marks: {}, long: [], loaf: [], frames: 0 };
  window.__contest = S;
  const observe = (type, fn) => {
    try {
      new PerformanceObserver((l) => l.getEntries().forEach(fn)).observe({ type, buffered: true });
    } catch {}
  };
  // The snippet's first script has run; tasks that ended before belong to the page.
  document.addEventListener(
    'load',
    ({ target }) => {
      if (target.src) S.marks.ran ??= performance.now();
    },
    true,
  );
  observe('longtask', (e) => S.long.push([e.startTime, e.duration]));
  observe('long-animation-frame', (e) =>
    S.loaf.push({
      t: e.startTime,
      d: e.duration,
      b: e.blockingDuration,
      s: e.scripts.map((x) => ({ k: x.invokerType, n: x.invoker, u: x.sourceURL, d: x.duration })),
    }),
  );
  const find = (path) => {
    let roots = [document];
    const parts = path.split('>>>').map((p) => p.trim());
    for (let i = 0; i < parts.length; i++) {
      const next = [];
      for (const r of roots)
        for (const e of r.querySelectorAll(parts[i])) next.push(i === parts.length - 1 ? e : e.shadowRoot);
      roots = next.filter(Boolean);
      if (!roots.length) return null;
    }
    return roots[0];
  };
  S.find = find;
  const up = (n) => n.assignedSlot || n.parentElement || (n.getRootNode().host ?? null);
  const opacity = (el) => {
    let o = 1;
    for (let n = el; n; n = up(n)) {
      const c = getComputedStyle(n);
      if (c.visibility === 'hidden' && n === el) return 0;
      o *= +c.opacity;
    }
    return o;
  };
  const hit = (el, x, y) => {
    let e = document.elementFromPoint(x, y);
    while (e?.shadowRoot) {
      const d = e.shadowRoot.elementFromPoint(x, y);
      if (!d || d === e) break;
      e = d;
    }
    if (!e) return false;
    for (let n = e; n; n = up(n)) if (n === el) return true;
    return el.closest?.('label')?.contains(e) || el.contains(e) || false;
  };
  S.composed = () => {
    let n = 0;
    const walk = (r) => {
      for (const e of r.querySelectorAll('*')) {
        n++;
        if (e.shadowRoot) walk(e.shadowRoot);
      }
    };
    walk(document);
    return n;
  };
  let last = '',
    still = 0;
  const tick = () => {
    S.frames++;
    const el = cfg.control && find(cfg.control);
    if (el) {
      const now = performance.now(),
        m = S.marks;
      m.inDom ??= now;
      const r = el.getBoundingClientRect();
      const seen =
        r.width > 1 &&
        r.height > 1 &&
        r.bottom > 0 &&
        r.right > 0 &&
        r.top < innerHeight &&
        r.left < innerWidth;
      const o = seen ? opacity(el) : 0;
      if (o >= 0.1) {
        m.visible ??= now;
        if (o >= 0.5 && !el.disabled && hit(el, r.left + r.width / 2, r.top + r.height / 2))
          m.interactive ??= now;
        const key = [r.left, r.top, r.width, r.height, o].map((v) => v.toFixed(1)).join();
        still = key === last && o > 0.99 ? still + 1 : 0;
        last = key;
        if (still === 3 && m.interactive) {
          m.settled = now;
          return;
        }
      }
    }
    requestAnimationFrame(tick);
  };
  if (cfg.control) requestAnimationFrame(tick);
})();
