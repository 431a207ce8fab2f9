import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LEFT_OUT } from '../scripts/slim-preact.mjs';

const sources = readdirSync('src/ui', { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.tsx'),
);

it.each(sources)('%s uses nothing that the build removes from Preact', (name) => {
  expect(readFileSync(`src/ui/${name}`, 'utf8')).not.toMatch(LEFT_OUT);
});
