import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import Sqlite from 'better-sqlite3';
import { provisionOwner } from '../../../server/provision.ts';
import { openApp } from '../../support/app.ts';
import { createForeign } from '../../support/foreign-formbricks.ts';
import { threeCards } from '../../support/three-cards.ts';
import type { Clock } from './clock.ts';
import type { Answer, Sent } from './network.ts';

/** What a server has stored. */
export interface Stored {
  readonly displays: number;
  readonly responses: readonly {
    readonly finished: boolean;
    readonly data: Readonly<Record<string, unknown>>;
  }[];
}

/** One environment with one survey of three cards, for one schedule. */
export interface Environment {
  readonly id: string;
  handle: (sent: Sent) => Promise<Answer>;
  stored: () => Stored;
}

/** A server against which schedules run, one after the other. */
export interface SimulatedServer {
  /** Whether its environment carries Inkling's marker: the client makes ids and order. */
  readonly usesInklingProtocol: boolean;
  begin: (clock: Clock) => Promise<Environment>;
  end: () => Promise<void>;
}

/** The key of the action that triggers the survey. */
export const ACTION = 'go';

const KEY = 'a-key-for-the-schedules';
const SURVEY = {
  name: 'Three cards',
  type: 'app',
  status: 'inProgress',
  displayOption: 'displayOnce',
  recontactDays: 0,
  ...threeCards,
};

/** Opens the real app on a real SQLite file, without a socket. The stored rows are read from the file, not by the app. */
export async function openOurs(): Promise<SimulatedServer> {
  // In memory where possible: thousands of commits are slow, and durability on a disk is proved by scripts/prove.mjs.
  const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  let clock: Clock | undefined;
  let made = 0;
  const now = (): number => clock?.now() ?? 0;
  const { app, database, databaseUrl, stop } = await openApp({ parentFolder: place, now });
  const send = async ({ method, path, text }: Omit<Sent, 'keepalive'>): Promise<Answer> => {
    const reply = await app.request(path, {
      method,
      headers: { 'x-api-key': KEY },
      ...(method === 'POST' && { body: text }),
    });
    return {
      status: reply.status,
      text: await reply.text(),
      headers: { date: new Date(now()).toUTCString() },
    };
  };
  return {
    usesInklingProtocol: true,
    begin: async (current) => {
      clock = current;
      const id = `schedule${++made}`;
      await provisionOwner(database, { environmentId: id, apiKey: KEY }, now());
      const manage = async (what: string, body: object): Promise<{ id: string }> => {
        const text = JSON.stringify({ environmentId: id, ...body });
        const answer = await send({ method: 'POST', path: `/api/v1/management/${what}`, text });
        if (answer.status !== 200) throw new Error(`${what}: ${answer.text}`);
        return JSON.parse(answer.text).data;
      };
      const actionClass = await manage('action-classes', { name: 'Go', type: 'code', key: ACTION });
      const { id: surveyId } = await manage('surveys', { ...SURVEY, triggers: [{ actionClass }] });
      return {
        id,
        handle: send,
        stored: () => {
          const reader = new Sqlite(databaseUrl.slice('sqlite:'.length), { readonly: true });
          const rows = reader
            .prepare('select finished, data from response where survey_id = ?')
            .all(surveyId) as { finished: number; data: string }[];
          const displays = reader
            .prepare('select count(*) from display where survey_id = ?')
            .pluck()
            .get(surveyId) as number;
          reader.close();
          const responses = rows.map(({ finished, data }) => ({
            finished: finished === 1,
            data: JSON.parse(data),
          }));
          return { displays, responses };
        },
      };
    },
    end: stop,
  };
}

/** Opens a server without Inkling's marker: the imitation of Formbricks. */
export function openForeign(): SimulatedServer {
  return {
    usesInklingProtocol: false,
    begin: async ({ now }) => {
      const foreign = createForeign({
        now,
        actionClasses: [{ id: 'action', name: 'Go', type: 'code', key: ACTION, noCodeConfig: null }],
        surveys: [
          {
            ...{ id: 'survey', ...SURVEY, triggers: [{ actionClass: { name: 'Go' } }] },
            ...{ welcomeCard: { enabled: false }, hiddenFields: { enabled: false }, variables: [] },
            ...{ questions: [], languages: [], segment: null, delay: 0, displayPercentage: null },
          },
        ],
      });
      return {
        id: foreign.environmentId,
        handle: async ({ method, path, text }) => {
          const { status, text: answer } = foreign.answer(method, path, text);
          return { status, text: answer, headers: {} };
        },
        stored: () => ({ displays: foreign.displays.length, responses: foreign.responses }),
      };
    },
    end: async () => {},
  };
}
