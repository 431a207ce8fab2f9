// Measures what the widget costs a page, in real Chromium: `npm run bench:page`. Options: --runs 5, --cpu 4 (slowdown of the main
// thread), --net none|slow4g, --modes cold,warm,hot,idle, --only control,inkling, --extra file (another contestant's module),
// --out file (every row as JSON).
//
// A run is a new browser with an empty profile. cold: first visit; warm: second visit, state and HTTP cache filled; hot:
// third visit, with the browser's code cache filled; idle: a first visit on which no survey is due. Times are ms from the
// mark before the snippet; visible and interactive are checked once per frame; a task that ends before the snippet has run
// belongs to the page. After the last visit the survey is answered with real clicks, to prove that it works.
// Last come the promised figures, each with pass or fail; a failed one, an error and a survey that could not be answered
// end the command with 1.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { ensureChromium, launchOptions } from '../../scripts/browsers.mjs';
import { loadMeter, waitQuiet } from './lib/load.mjs';
import { startServer } from './lib/server.mjs';
import { median } from './lib/stats.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    cpu: { type: 'string', default: '4' },
    net: { type: 'string', default: 'none' },
    modes: { type: 'string', default: 'cold,warm,hot,idle' },
    only: { type: 'string' },
    extra: { type: 'string', multiple: true, default: [] },
    out: { type: 'string' },
  },
});
/** slow4g is the usual mobile preset: 150 ms there and back, 1.6 Mbit/s down. */
const NETS = {
  none: undefined,
  slow4g: { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 },
};
/** How long a survey is waited for, ms. */
const SETTLE_MS = 30_000;
/** Time after the page is quiet, so that late work counts too. */
const AFTER_MS = { drawn: 1500, idle: 3000, idleOnSlowNet: 9000 };
const AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
/** Promised figures: mode, limit in ms, and limit as a share of PostHog's time. */
const PROMISES = [
  ['first visit', ['cold'], 150, 0.2],
  ['later visits', ['warm', 'hot'], 60, 0.1],
];
const LONG_TASK_MS = 50;
const COLUMNS = [
  ['visible', 'visible ms'],
  ['interactive', 'interactive ms'],
  ['script', 'script ms'],
  ['task', 'main thread ms'],
  ['longest', 'longest task ms'],
  ['own', 'once it runs'],
  ['requests', 'requests'],
  ['bytes', 'bytes'],
  ['heap', 'heap KiB'],
  ['errors', 'errors'],
];

if (!ensureChromium()) process.exit(1);
const modes = options.modes.split(',');
const all = await loadContestants();
const wanted = options.only?.split(',');
const contestants = all.filter(({ id }) => wanted?.includes(id) ?? true);
const server = await startServer(contestants);
const probe = readFileSync(new URL('lib/probe.js', import.meta.url), 'utf8');
const rows = [];
for (let run = 0; run < Number(options.runs); run += 1) {
  // The order rotates, so that none always runs first.
  for (const index of contestants.keys()) {
    const contestant = contestants[(index + run) % contestants.length];
    const visits = [modes.filter((mode) => mode !== 'idle'), modes.filter((mode) => mode === 'idle')];
    for (const profile of visits) if (profile.length > 0) rows.push(...(await visitAll(contestant, profile)));
  }
}
await server.close();
for (const { stop } of all) await stop?.();
print();
const areKept = printPromises();
if (options.out) writeFileSync(options.out, JSON.stringify(rows, null, 1));
if (!areKept || rows.some(({ errors, timeout, answered }) => errors > 0 || timeout || answered === false))
  process.exit(1);

async function loadContestants() {
  const own = ['control', 'floor', 'inkling', 'posthog'].map(
    (name) => new URL(`contestants/${name}.mjs`, import.meta.url).href,
  );
  const extra = options.extra.map((path) => pathToFileURL(resolve(path)).href);
  const modules = await Promise.all([...own, ...extra].map((url) => import(url)));
  return modules.map(({ contestant }) => contestant);
}

/** Visits one page several times in one profile. */
async function visitAll(contestant, profile) {
  const folder = mkdtempSync(join(tmpdir(), 'inkling-page-'));
  const { args, ...launch } = launchOptions();
  const context = await chromium.launchPersistentContext(folder, {
    ...launch,
    // The user agent of an ordinary browser: some widgets do not show to bots.
    args: [
      ...args,
      '--js-flags=--expose-gc',
      '--disable-blink-features=AutomationControlled',
      `--user-agent=${AGENT}`,
    ],
    viewport: { width: 1280, height: 800 },
  });
  const results = [];
  try {
    await waitQuiet(0.5, 10_000);
    for (const mode of profile) {
      const isLast = mode === profile.at(-1) && mode !== 'idle';
      results.push(await visit(context, contestant, { mode, isLast }));
    }
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  return results;
}

async function visit(context, contestant, { mode, isLast }) {
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  const devtools = await context.newCDPSession(page);
  // The renderer process settles on the page's own site before anything is measured.
  await page.goto(`${server.pageOrigin}/warmup`);
  const control = mode === 'idle' ? null : contestant.probe.control;
  await page.addInitScript(probe.replace('__CONFIG__', JSON.stringify({ control })));
  for (const domain of ['Network', 'Performance', 'HeapProfiler']) await devtools.send(`${domain}.enable`);
  if (NETS[options.net]) await devtools.send('Network.emulateNetworkConditions', NETS[options.net]);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: Number(options.cpu) });

  const url = server.url(contestant, mode);
  const requests = watchRequests(devtools, url);
  const before = await metricsOf(devtools);
  const foreign = loadMeter();
  await page.goto(url, { waitUntil: 'load', timeout: 60_000 });
  const timeout = !(await settle(page, devtools, mode));
  const after = await metricsOf(devtools);
  const load = foreign();
  const { start, marks, long } = await page.evaluate(() => ({
    start: performance.getEntriesByName('contest:start')[0]?.startTime ?? 0,
    marks: window.__contest.marks,
    long: window.__contest.long,
  }));
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  const wire = [...requests.values()].filter(({ isCached }) => !isCached);
  const row = {
    id: contestant.id,
    mode,
    timeout,
    visible: marks.visible === undefined ? undefined : marks.visible - start,
    interactive: marks.interactive === undefined ? undefined : marks.interactive - start,
    script: (after.ScriptDuration - before.ScriptDuration) * 1000,
    task: (after.TaskDuration - before.TaskDuration) * 1000,
    longest: longestOf(long, start),
    own: longestOf(long, marks.ran ?? Number.POSITIVE_INFINITY),
    requests: wire.length,
    bytes: wire.reduce((sum, { bytes }) => sum + bytes, 0),
    heap: usedSize / 1024,
    foreign: load,
    answered: isLast ? await answer(contestant, page, errors) : undefined,
  };
  await page.close();
  for (const error of errors) console.error(`${contestant.id} ${mode}: ${error}`);
  return { ...row, errors: errors.length };
}

/** Duration of the longest of the long tasks (over 50 ms) that end after that instant. */
function longestOf(long, from) {
  return Math.max(0, ...long.filter(([at, ms]) => at + ms > from).map(([, ms]) => ms));
}

/** Evaluates over the DevTools protocol: Playwright's own waiting would inject its script into the page that is measured. */
async function settle(page, devtools, mode) {
  if (mode === 'idle') {
    await page.waitForTimeout(options.net === 'none' ? AFTER_MS.idle : AFTER_MS.idleOnSlowNet);
    return true;
  }
  const until = performance.now() + SETTLE_MS;
  for (;;) {
    const { result } = await devtools.send('Runtime.evaluate', { expression: '!!__contest.marks.settled' });
    if (result.value) break;
    if (performance.now() > until) return false;
    await page.waitForTimeout(100);
  }
  await page.waitForTimeout(AFTER_MS.drawn);
  return true;
}

async function answer(contestant, page, errors) {
  try {
    await contestant.answer(page);
    return true;
  } catch (error) {
    errors.push(`answer: ${String(error)}`);
    return false;
  }
}

/** Every request but the page itself, with the bytes that came over the wire. */
function watchRequests(devtools, pageUrl) {
  const requests = new Map();
  devtools.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (request.url !== pageUrl && !/^(data|blob):/.test(request.url))
      requests.set(requestId, { bytes: 0, isCached: false });
  });
  const change = (requestId, facts) => {
    const known = requests.get(requestId);
    if (known) Object.assign(known, facts);
  };
  devtools.on('Network.requestServedFromCache', ({ requestId }) => change(requestId, { isCached: true }));
  devtools.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.fromDiskCache) change(requestId, { isCached: true });
  });
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
    change(requestId, { bytes: Math.max(0, encodedDataLength) }),
  );
  return requests;
}

async function metricsOf(devtools) {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** Prints one table of medians per mode; control is the page without a widget. */
function print() {
  console.log(`CPU ${options.cpu}x slower, network ${options.net}, ${options.runs} runs, medians`);
  for (const mode of modes) {
    console.log(`\n${mode.padEnd(16)}${contestants.map(({ id }) => id.padStart(12)).join('')}`);
    for (const [name, title] of [...COLUMNS, ['foreign', 'foreign load, cores']]) {
      const cells = contestants.map(({ id }) => {
        const middle = middleOf(id, [mode], name);
        return (middle === null ? '-' : middle.toFixed(name === 'foreign' ? 2 : 0)).padStart(12);
      });
      console.log(`${title.padEnd(20).slice(0, 20)}${cells.join('').slice(4)}`);
    }
  }
}

function middleOf(id, visits, name) {
  return median(rows.filter((row) => row.id === id && visits.includes(row.mode)).map((row) => row[name]));
}

/** Compares the time from script start to interactive survey and the longest task with the promised figures. False if one is missed. */
function printPromises() {
  console.log('\nscript start to survey interactive, medians');
  const kept = PROMISES.flatMap(([title, visits, mostMs, mostRatio]) => {
    const ours = middleOf('inkling', visits, 'interactive');
    const theirs = middleOf('posthog', visits, 'interactive');
    if (ours === null) return [];
    const ratio = theirs === null ? null : ours / theirs;
    const longest = Math.max(
      ...rows.filter(({ id, mode }) => id === 'inkling' && visits.includes(mode)).map((row) => row.own),
    );
    return [
      judge(title, ours, mostMs, 0, 'ms'),
      ratio === null || judge(`${title}, of PostHog's ${theirs.toFixed(0)} ms`, ratio, mostRatio, 3, 'x'),
      judge(`${title}, longest task once it runs, all runs`, longest, LONG_TASK_MS, 0, 'ms'),
    ];
  });
  return kept.every(Boolean);
}

function judge(title, value, most, digits, unit) {
  const isKept = value <= most;
  console.log(
    `${isKept ? 'pass' : 'FAIL'}  ${title}: ${value.toFixed(digits)} ${unit}, at most ${most} ${unit}`,
  );
  return isKept;
}
