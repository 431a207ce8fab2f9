import { type CaseContext, fill, newValues, pick, takeStep } from './case-context.ts';
import { type ClientCall, type ClientVersion, FILE, FILE_TEXT } from './client-calls.ts';
import { differences } from './match.ts';

type Part = Readonly<Record<string, (...args: readonly unknown[]) => Promise<unknown>>>;
/** A client: its parts with their methods. */
export type Client = Readonly<Record<string, Part>>;

/** Makes one call of a published client and checks its result and what the server has stored. */
export async function makeCall(
  context: CaseContext,
  {
    version,
    call,
    apiHost = context.server.origin,
  }: { readonly version: ClientVersion; readonly call: ClientCall; readonly apiHost?: string },
): Promise<void> {
  const values = newValues('v1');
  for (const step of call.before ?? []) await takeStep(context, values, step);
  const [part = '', name = ''] = call.method.split('.');
  const client = await openClient(version, { apiHost, environmentId: String(context.shared.get('env')) });
  const args = (await fill(context, values, call.args)) as readonly unknown[];
  const given = args.map((argument) => (argument === FILE ? fileFor(version) : argument));

  const result = await client[part]?.[name]?.(...given);
  const expected = await fill(context, values, call.returns);
  const found = differences(expected, result, { now: context.server.clock.now, path: 'result' });
  if (found.length > 0) throw new Error(found.join('\n'));
  for (const [key, path] of Object.entries(call.save ?? {})) {
    values.set(key, path === '' ? result : pick(result, path));
  }
  for (const step of call.afterwards ?? []) await takeStep(context, values, step);
}

/** Opens a published client for one environment. */
export async function openClient(
  { module }: ClientVersion,
  options: { readonly apiHost: string; readonly environmentId: string },
): Promise<Client> {
  const { FormbricksAPI } = (await import(module)) as {
    FormbricksAPI: new (options: object) => { readonly client: Client };
  };
  return new FormbricksAPI(options).client;
}

/** The public methods of a client, as `part.method`. */
export function listMethods(client: Client): readonly string[] {
  return Object.entries(client).flatMap(([part, methods]) =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(methods))
      .filter((name) => name !== 'constructor')
      .map((name) => `${part}.${name}`),
  );
}

function fileFor({ file }: ClientVersion): unknown {
  const type = 'application/pdf';
  if (file === 'File') return new File([FILE_TEXT], 'proof.pdf', { type });
  const base64 = `data:${type};base64,${Buffer.from(FILE_TEXT).toString('base64')}`;
  return { name: 'proof.pdf', type, base64 };
}
