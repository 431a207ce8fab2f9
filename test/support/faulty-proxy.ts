import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import type { Random } from '../prove/simulation/random.ts';

/** Faults of the network. */
export const WIRE_FAULTS = ['drop', 'cut-request', 'cut-reply', 'swallow-reply', 'delay', 'stall'] as const;
/** One of them. */
export type WireFault = (typeof WIRE_FAULTS)[number];

/** A TCP proxy with faults in front of a real server. */
export interface FaultyProxy {
  readonly url: string;
  /** Number of occurrences by fault. */
  readonly seen: ReadonlyMap<WireFault, number>;
  /** Sets the probability of a fault for each request from now on; 0: no faults. */
  setProbability: (probability: number) => void;
  /** With false nothing gets through, whatever the probability, until it is set to true again. */
  setPlugged: (isPlugged: boolean) => void;
  stop: () => Promise<void>;
}

/**
 * Forwards bytes to a port of the loopback interface with random faults: it drops connections, cuts them in the middle
 * of a request or of a reply, swallows replies after the server has committed, delays and stalls.
 */
export async function startFaultyProxy(port: number, random: Random): Promise<FaultyProxy> {
  const seen = new Map<WireFault, number>();
  const sockets = new Set<Socket>();
  let probability = 0;
  let isPlugged = true;

  const server = createServer((client) => {
    if (!isPlugged) return void client.destroy();
    const upstream = connect(port, '127.0.0.1');
    /** The fault that the current request meets. */
    let fault: WireFault | undefined;
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
      fault = random.chance(probability) ? random.pick(WIRE_FAULTS) : undefined;
      if (!isPlugged) return end();
      if (fault) seen.set(fault, (seen.get(fault) ?? 0) + 1);
      switch (fault) {
        case 'drop':
          return end();
        case 'cut-request':
          upstream.write(bytes.subarray(0, random.whole(0, bytes.length - 1)), end);
          return;
        case 'delay':
          // In order: bytes that arrive meanwhile wait, too.
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
          // Neither a reply nor a closed connection, for longer than a visitor waits.
          setTimeout(end, random.between(2_000, 6_000));
          return;
        default:
          upstream.write(bytes);
      }
    });
    upstream.on('data', (bytes) => {
      if (fault === 'swallow-reply' || !isPlugged) return end();
      if (fault === 'cut-reply')
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
