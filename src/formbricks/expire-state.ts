import type { DeviceState } from '../session/state.ts';
import { openDatabase, openRecord } from '../store/record.ts';

/**
 * Makes what is stored of the server's replies expire, for `formbricksDebug=true`: a developer who looks at a change made
 * just now doesn't wait for it to expire. An unreachable server leaves everything as it is. Never rejects.
 */
export async function expireState(environmentId: string, appUrl: string): Promise<void> {
  try {
    // Past the caches on the way, which then hold what the client is about to ask for.
    await fetch(`${appUrl}/api/v1/client/${environmentId}/environment`, { cache: 'reload' });
    const stored = await openRecord(openDatabase(), `${environmentId}/state`, {} as DeviceState);
    if (!stored.value().environment) return;
    await stored.update(({ environment, user, ...old }) => ({
      ...old,
      ...(environment && { environment: { ...environment, until: 0 } }),
      ...(user && { user: { ...user, until: 0 } }),
    }));
  } catch {
    // what is stored serves
  }
}
