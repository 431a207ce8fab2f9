import { createSender, wait } from './send.mjs';

const VISITORS = 16;
/** Between two steps of a visitor, on average: of any length, or one pause of the server would bring all of them in step. */
const PAUSE_MS = 50;
/** As the snippet waits after a reply that asks for patience and says no time. */
const BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 5_000;

/**
 * Honest visitors, each from an address of its own, one visit after another: the environment, who they are, the display,
 * three cards. As the snippet does, they repeat what was not acknowledged under the same ids and wait as they are asked to.
 */
export function createVisitors(origin, { environmentId, surveyId }) {
  const { send, close } = createSender(origin, { sockets: VISITORS, timeoutMs: 20_000 });
  const client = `/api/v1/client/${environmentId}`;
  /** Ids of answers by what was acknowledged of them: what the visitor had said until then. */
  const acknowledged = new Map();
  const refused = [];
  let waiting = 0;
  let visits = 0;

  /** Sends a step until it is acknowledged; returns what the visitor has waited for that, in ms. */
  async function deliver(method, path, { from, body, isPatient = () => true }) {
    const began = performance.now();
    for (let attempt = 0; ; attempt++) {
      const { status, retryAfter, text } = await send(method, path, { from, body });
      if (status === 200) return performance.now() - began;
      const isLater = status === 0 || status === 429 || status >= 500;
      if (!isLater) refused.push(`${method} ${path}: ${status} ${text.slice(0, 200)}`);
      if (!isLater || !isPatient()) return undefined;
      await wait(Number(retryAfter) * 1000 || Math.min(BACKOFF_MS * 2 ** attempt, MAX_BACKOFF_MS));
    }
  }

  async function visit({ times, isPatient }) {
    const number = ++visits;
    const from = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
    const [id, displayId] = ['r', 'd'].map((mark) => `${mark}${String(number).padStart(23, '0')}`);
    const userId = `visitor-${number}`;
    const step = async (method, path, body) => {
      const time = await deliver(method, path, { from, body, isPatient });
      if (time !== undefined) times.push(time);
      await wait(2 * PAUSE_MS * Math.random());
      return time !== undefined;
    };
    await step('GET', `${client}/environment`);
    await step('POST', `${client}/user`, { userId, attributes: { plan: number % 2 ? 'pro' : 'free' } });
    await step('POST', `${client}/displays`, { id: displayId, surveyId, userId });
    const data = {};
    waiting++;
    for (const card of [1, 2, 3]) {
      data[`q${card}`] = `answer ${card} of visitor ${number}`;
      const body = {
        id,
        displayId,
        surveyId,
        userId,
        seq: card + 1,
        finished: card === 3,
        data: { ...data },
      };
      if (!(await step('POST', `${client}/responses`, body))) return;
      acknowledged.set(id, { data: { ...data }, finished: card === 3 });
    }
    waiting--;
  }

  return {
    acknowledged,
    refused,
    /** Answers that were begun and never acknowledged as a whole. */
    waiting: () => waiting,
    close,
    /** Lets all visitors come again and again for a time; those under way at its end have `graceMs` more. */
    async comeFor(ms, graceMs) {
      const times = [];
      const ends = performance.now() + ms;
      const isPatient = () => performance.now() < ends + graceMs;
      const stay = async () => {
        while (performance.now() < ends) await visit({ times, isPatient });
      };
      await Promise.all(Array.from({ length: VISITORS }, stay));
      return times.sort((a, b) => a - b);
    },
  };
}
