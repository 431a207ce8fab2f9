import { Agent, request } from 'node:http';

/** Where a request comes from that names no address. */
const OWNER = '192.0.2.1';

/**
 * A client of a server that stands behind one proxy: each request names the address that it comes from, as the proxy
 * would. A reply of status 0 is a connection that failed.
 */
export function createSender(origin, { sockets, timeoutMs }) {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  const send = (method, path, { from = OWNER, headers = {}, body } = {}) =>
    new Promise((resolve) => {
      const payload = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
      const all = {
        'x-forwarded-for': from,
        ...(payload === undefined ? {} : { 'content-length': Buffer.byteLength(payload) }),
        ...headers,
      };
      const fail = () => resolve({ status: 0, text: '', retryAfter: undefined });
      const call = request(
        `${origin}${path}`,
        { method, agent, headers: all, timeout: timeoutMs },
        (reply) => {
          const parts = [];
          reply.on('data', (part) => parts.push(part));
          reply.on('end', () => {
            const text = Buffer.concat(parts).toString('utf8');
            resolve({ status: reply.statusCode, text, retryAfter: reply.headers['retry-after'] });
          });
          reply.on('error', fail);
          reply.on('aborted', fail);
        },
      );
      call.on('timeout', () => call.destroy());
      call.on('error', fail);
      call.end(payload);
    });
  return { send, close: () => agent.destroy() };
}

/** Resolves after a time in ms. */
export function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
