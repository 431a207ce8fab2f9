// Measures the CPU that processes outside of this harness use (in cores, Linux only).
import fs from 'node:fs';

const HZ = 100;
function own() {
  // jiffies used by this process and all its descendants
  const kids = new Map(),
    cpu = new Map();
  for (const d of fs.readdirSync('/proc'))
    if (/^\d+$/.test(d)) {
      try {
        const s = fs.readFileSync(`/proc/${d}/stat`, 'utf8'),
          f = s.slice(s.lastIndexOf(')') + 2).split(' ');
        const pp = +f[1];
        (kids.get(pp) ?? kids.set(pp, []).get(pp)).push(+d);
        cpu.set(+d, +f[11] + +f[12] + +f[13] + +f[14]);
      } catch {}
    }
  let n = 0;
  const walk = (p) => {
    n += cpu.get(p) ?? 0;
    for (const k of kids.get(p) ?? []) walk(k);
  };
  walk(process.pid);
  return n;
}
const busy = () => {
  const f = fs.readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1).map(Number);
  return f[0] + f[1] + f[2] + f[5] + f[6] + f[7];
};
export function loadMeter() {
  const t = performance.now(),
    b = busy(),
    o = own();
  return () => Math.max(0, (busy() - b - (own() - o)) / HZ / ((performance.now() - t) / 1e3));
}
export async function waitQuiet(limit, maxMs) {
  const end = performance.now() + maxMs;
  for (;;) {
    const m = loadMeter();
    await new Promise((r) => setTimeout(r, 400));
    const v = m();
    if (v <= limit || performance.now() > end) return v;
  }
}
