import { listen } from '../platform/listen.ts';
import { wait } from '../platform/wait.ts';
import type { Fail } from './problems.ts';

/** Reports a failure, a moment later. */
type FailLater = (...failure: Parameters<Fail>) => Promise<void>;

/**
 * Watches for requests to a server that the page's Content-Security-Policy refuses. `failLater` reports a failure that
 * the policy may explain: as `csp`, with the directive, where it has refused something of the server's.
 */
export function watchCsp(server: string, fail: Fail): readonly [failLater: FailLater, stop: () => void] {
  let directive: string | undefined;
  const stop = listen<SecurityPolicyViolationEvent>('securitypolicyviolation', (event) => {
    if (event.blockedURI.startsWith(new URL(server).origin)) directive = event.effectiveDirective;
  });
  const failLater: FailLater = async (code, detail, isQuiet) => {
    // The browser reports a refusal a moment after the request has failed.
    await wait();
    fail(directive ? 'csp' : code, directive ?? detail, isQuiet);
  };
  return [failLater, stop];
}
