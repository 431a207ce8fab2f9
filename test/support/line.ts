import { connect, type Socket } from 'node:net';

/** A connection of a test, as bytes. */
export interface Line {
  readonly socket: Socket;
  /** What has arrived so far. */
  readonly received: () => string;
  /** Milliseconds from the connection to its end. */
  readonly ended: Promise<number>;
}

/** Connects to a port of this machine. Rejects when nobody listens there; later errors only end the line. */
export function dial(port: number): Promise<Line> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    let text = '';
    const socket = connect(port, '127.0.0.1', () => {
      socket.off('error', reject);
      socket.on('error', () => {});
      resolve({ socket, received: () => text, ended });
    });
    socket.once('error', reject);
    socket.on('data', (part) => {
      text += part;
    });
    const ended = new Promise<number>((done) => {
      socket.once('close', () => done(performance.now() - began));
    });
  });
}

/** Makes the head of a request. */
export function headOf(line: string, ...headers: string[]): string {
  return `${[line, 'Host: x', ...headers].join('\r\n')}\r\n\r\n`;
}

/** Sends a piece at an interval until the connection is closed. */
export async function drip({ socket }: Line, piece: string, everyMs: number): Promise<void> {
  while (!socket.destroyed && socket.writable) {
    socket.write(piece);
    await wait(everyMs);
  }
}

/** Resolves after some milliseconds. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
