import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import type { Random } from '../prove/simulation/random.ts';

/** What can become of bytes on their way. */
export const WIRE_FAULTS = ['drop', 'cut-request', 'cut-reply', 'swallow-reply', 'delay', 'stall'] as const;
/** One of them. */
export type WireFault = (typeof WIRE_FAULTS)[number];

/** A network that is down now and then, in front of a real server. */
export interface FaultyProxy {
  readonly url: string;
  /** How often each fault struck. */
  readonly seen: ReadonlyMap<WireFault, number>;
  /** From now on requests meet a fault with this probability; at 0 the network is in order. */
  setProbability: (probability: number) => void;
  /** Nothing gets through, whatever the probability, until it is plugged in again. */
  setPlugged: (isPlugged: boolean) => void;
  stop: () => Promise<void>;
}

/**
 * Passes bytes on to a port of the loopback interface, and sometimes doesn't: it drops connections, cuts them in the
 * middle of a request or of a reply, swallows replies after the server has committed, delays and stalls.
 */
export async function startFaultyProxy(port: number, random: Random): Promise<FaultyProxy> {
  const seen = new Map<WireFault, number>();
  const sockets = new Set<Socket>();
  let probability = 0;
  let isPlugged = true;

  const server = createServer((client) => {
    if (!isPlugged) return void client.destroy();
    const upstream = connect(port, '127.0.0.1');
    /** What becomes of the reply that comes next. */
    let fate: WireFault | undefined;
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }

    client.on('data', (bytes) => {
      fate = random.chance(probability) ? random.pick(WIRE_FAULTS) : undefined;
      if (!isPlugged) return end();
      if (fate) seen.set(fate, (seen.get(fate) ?? 0) + 1);
      switch (fate) {
        case 'drop':
          return end();
        case 'cut-request':
          upstream.write(bytes.subarray(0, random.whole(0, bytes.length - 1)), end);
          return;
        case 'delay':
          // In order: what comes meanwhile waits, too.
          client.pause();
          setTimeout(
            () => {
              upstream.write(bytes);
              client.resume();
            },
            random.between(20, 1_500),
          );
          return;
        case 'stall':
          // Neither an answer nor an end, for longer than a visitor waits.
          setTimeout(end, random.between(2_000, 6_000));
          return;
        default:
          upstream.write(bytes);
      }
    });
    upstream.on('data', (bytes) => {
      if (fate === 'swallow-reply' || !isPlugged) return end();
      if (fate === 'cut-reply')
        return void client.write(bytes.subarray(0, random.whole(1, bytes.length - 1)), end);
      client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    setProbability: (value) => {
      probability = value;
    },
    setPlugged: (value) => {
      isPlugged = value;
      if (!value) for (const socket of sockets) socket.destroy();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
