import { createServer } from 'node:http';
import { freePort } from '../../../scripts/free-port.mjs';

/** The page a widget is put on: some text, a mark, the snippet. */
function hostPage({ label, page }, mode) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${label}</title><link rel="icon" href="data:,"><style>body{font:16px/1.5 sans-serif;margin:2rem auto;max-width:60rem}</style></head><body><main><h1>Shop</h1><p>Thank you for your order. It will be with you on Thursday.</p><ul>${'<li>Line item</li>'.repeat(20)}</ul></main>
<script>performance.mark('contest:start')</script>
${page({ idle: mode === 'idle' })}
</body></html>`;
}

/** Serves a host page per contestant and visit, on another origin than any widget's server. */
export async function startServer(contestants) {
  const port = await freePort();
  const server = createServer((request, reply) => {
    const [, id, mode] = /^\/c\/([^/]+)\/([^/?]+)/.exec(request.url) ?? [];
    const contestant = contestants.find((one) => one.id === id);
    const warmup = request.url.startsWith('/warmup')
      ? '<!doctype html><title>w</title><link rel="icon" href="data:,"><p>warm up'
      : '';
    const html = contestant ? hostPage(contestant, mode) : warmup;
    reply.writeHead(html ? 200 : 404, {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-cache',
    });
    reply.end(html);
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    pageOrigin: `http://localhost:${port}`,
    url: ({ id, url }, mode) => url ?? `http://localhost:${port}/c/${id}/${mode}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
