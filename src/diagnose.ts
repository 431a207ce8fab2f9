import type { Problem } from './api.ts';

/** What is known when the server could not be asked. */
export interface Failure {
  readonly appUrl: string;
  readonly environmentId: string;
  /** 0 when there was no answer. */
  readonly status: number;
  /** `location.protocol` of the page. */
  readonly protocol: string;
  /** The directive of the page's policy that has refused one of our addresses, if one has. */
  readonly refusedBy: string | undefined;
}

/** Says why the server could not be asked, and what a developer can do about it. Pure. */
export function diagnose({ appUrl, environmentId, status, protocol, refusedBy }: Failure): Problem {
  if (status === 404)
    return {
      code: 'not-found',
      message: `${appUrl} has no environment ${environmentId}: check data-environment-id`,
    };
  if (refusedBy) return refused(appUrl, refusedBy);
  if (status === 0 && protocol === 'https:' && appUrl.startsWith('http:'))
    return {
      code: 'mixed-content',
      message: `a page on https may not ask ${appUrl}: serve it on https`,
    };
  return {
    code: 'unreachable',
    message: `${appUrl} answered ${status || 'nothing'}: check data-app-url and the server. Trying again`,
  };
}

/** Something of ours was refused by the page's own policy. */
export function refused(address: string, directive: string): Problem {
  return { code: 'csp', message: `the page's policy refuses ${address}: allow it in ${directive}` };
}
