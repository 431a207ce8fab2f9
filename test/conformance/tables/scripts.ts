import type { Case, Table } from '../case.ts';
import { anyText, like } from '../match.ts';

const HEADERS = {
  'content-type': 'application/javascript; charset=UTF-8',
  'access-control-allow-origin': '*',
  'cache-control':
    'public, max-age=3600, s-maxage=2592000, stale-while-revalidate=3600, stale-if-error=86400',
  vary: like(/Accept-Encoding/i),
  'x-content-type-options': 'nosniff',
};

/** Paths of scripts that existing pages load, each with the global that its script assigns. */
const PATHS = [
  ['/js/formbricks.umd.cjs', 'formbricks', '3.10'],
  ['/js/surveys.umd.cjs', 'formbricksSurveys', '3.10'],
  ['/api/packages/js', 'formbricks', '3.8'],
  ['/api/packages/app', 'formbricks', '3.8'],
  ['/api/packages/website', 'formbricks', '3.8'],
  ['/api/packages/surveys', 'formbricksSurveys', '3.8'],
] as const;

function casesOf(global: string, spec: string): readonly Case[] {
  return [
    {
      name: `the script that assigns ${global}`,
      spec,
      expect: { status: 200, body: like(new RegExp(`\\b${global}\\b`)) },
    },
    {
      name: 'the same, compressed',
      spec,
      send: { headers: { 'accept-encoding': 'br' } },
      expect: { status: 200, body: anyText, headers: { 'content-encoding': 'br' } },
    },
    { name: 'HEAD', spec: '2.5', send: { method: 'HEAD' }, expect: { status: 200 } },
  ];
}

/** The scripts that existing pages load from the server (client-api.md 3.8 and 3.10). */
export const scriptTables: readonly Table[] = PATHS.map(([path, global, spec]) => ({
  endpoint: `GET ${path}`,
  headers: HEADERS,
  cases: casesOf(global, spec),
}));
