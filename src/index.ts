import { createClient, type Inkling } from './client.ts';

export type { ClientState, Inkling, SetupOptions } from './client.ts';
export type { EventName, EventOf, EventPayloads, Handler } from './events.ts';
export type { Explanation } from './presenter.ts';

/** The client for bundlers: importing it does nothing, and on a server it stays inert. */
export const inkling: Inkling = createClient(() => import('./ui/index.tsx'));
