import { createServer } from 'node:net';

/** Returns a loopback port that nothing listens on. */
export function freePort() {
  return new Promise((resolve) => {
    const socket = createServer();
    socket.listen(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
