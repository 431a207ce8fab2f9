export const median = (a) => quantile(a, 0.5);
export function quantile(a, q) {
  const s = a.filter((x) => x != null && Number.isFinite(x)).sort((x, y) => x - y);
  if (!s.length) return null;
  const p = (s.length - 1) * q,
    i = Math.floor(p);
  return s[i] + (s[Math.min(i + 1, s.length - 1)] - s[i]) * (p - i);
}
export function summary(a) {
  const s = a.filter((x) => x != null && Number.isFinite(x));
  return {
    n: s.length,
    min: s.length ? Math.min(...s) : null,
    median: median(s),
    max: s.length ? Math.max(...s) : null,
  };
}
export const fmt = (v, d = 0) => (v == null ? 'n/a' : v.toFixed(d));
export const mmm = (s, d = 0) =>
  s.n ? `${fmt(s.min, d)} / **${fmt(s.median, d)}** / ${fmt(s.max, d)}` : 'n/a';
