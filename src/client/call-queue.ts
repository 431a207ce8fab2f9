/** Calls that came before there was a client to make them on, in their order. */
export type CallQueue<C> = ((client?: C) => void)[];

/** Waits for the client. Undefined when the call is to be dropped. */
export function waitInQueue<C>(queue: CallQueue<C>): Promise<C | undefined> {
  return new Promise((resolve) => {
    queue.push(resolve);
  });
}

/** Lets every call of the queue be made, or drops them where there is no client. */
export function flushQueue<C>(queue: CallQueue<C>, client?: C): void {
  for (const resolve of queue.splice(0)) resolve(client);
}
