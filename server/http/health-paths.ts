const HEALTH_PATH = /^\/(health(\/(live|ready))?|api\/v2\/health)(\?|$)/;

/** Whether an address asks for the server's health: it is answered while everything else is refused. */
export function isHealthPath(address: string): boolean {
  return HEALTH_PATH.test(address);
}
