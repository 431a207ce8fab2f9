import { reportMistake } from '../platform/report.ts';
import { atMost } from '../platform/wait.ts';

/** No command holds those behind it longer than this. */
export const COMMAND_MS = 5_000;

/** Queues a command. Settles at once; what the command throws is reported. */
type Enqueue = (command: () => Promise<unknown>) => Promise<void>;

/**
 * Makes the queue that commands wait in until `begin`, and run in one after the other. Those of `say` (who is here)
 * aren't waited for; those of `decide` wait for what was said before, and are waited for: 5 s at most each.
 *
 * `begin` is called with the command that comes before all of them.
 */
export function createCommandQueue(): readonly [say: Enqueue, decide: Enqueue, begin: Enqueue] {
  let open = (): void => {};
  let queue = new Promise<void>((resolve) => {
    open = resolve;
  });
  /** Settles when the server knows what was said so far. */
  let said: Promise<unknown> = Promise.resolve();

  const enqueue = async (command: () => unknown): Promise<void> => {
    queue = queue.then(() => guard(command));
  };
  return [
    (command) =>
      enqueue(() => {
        said = Promise.all([said, guard(command)]);
      }),
    (command) =>
      enqueue(async () => {
        await atMost(COMMAND_MS, said);
        await atMost(COMMAND_MS, command());
      }),
    async (command) => {
      said = guard(command);
      open();
    },
  ];
}

/** A bug, the page's or ours, ends here: no call rejects, and the next one gets its turn. */
export async function guard(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    reportMistake(`${error}`);
  }
}
