import { startVendor } from '../lib/vendor.mjs';

/** The minimal steps: read storage, fetch the environment if it isn't stored, load a second script, write before showing. */
const SNIPPET = `(() => {
  const { src } = document.currentScript;
  const opening = indexedDB.open('floor');
  opening.onupgradeneeded = () => opening.result.createObjectStore('kv');
  opening.onsuccess = () => {
    const store = (mode) => opening.result.transaction('kv', mode).objectStore('kv');
    const draw = async () => {
      const { button } = await import(new URL('chunk.js', src));
      const writing = store('readwrite');
      writing.put(Date.now(), 'showing');
      writing.transaction.oncomplete = () => document.body.append(button());
    };
    const reading = store('readonly').get('state');
    reading.onsuccess = async () => {
      if (reading.result) return draw();
      const reply = await fetch(new URL('state', src));
      const state = await reply.json();
      store('readwrite').put(state, 'state');
      void draw();
    };
  };
})();`;
const CHUNK = `export function button() {
  const button = document.createElement('button');
  button.id = 'floor';
  button.textContent = 'hi';
  button.style = 'position:fixed;right:20px;bottom:20px;width:200px;height:60px';
  return button;
}`;

const vendor = await startVendor({
  files: { '/floor.js': SNIPPET, '/chunk.js': CHUNK },
  headers: { 'Cache-Control': 'public, max-age=31536000, immutable' },
  answer: ({ pathname }) => (pathname === '/state' ? { body: JSON.stringify({ v: 1 }) } : undefined),
});

/**
 * The minimal cost of any survey: script, storage, environment, renderer, write, with a few lines in place of Inkling's
 * code and one button in place of the card.
 */
export const contestant = {
  id: 'floor',
  label: 'floor (requests and disk alone)',
  probe: { control: '#floor' },
  page: ({ idle }) => (idle ? '' : `<script async src="${vendor.url}/floor.js"></script>`),
  answer: (page) => page.click('#floor'),
  stop: () => vendor.stop(),
};
