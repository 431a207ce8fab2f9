import type { Leases, UpdateLeases } from '../../src/store/lease.ts';

/** Leases that two tabs of a plain-http site share. */
export function shareLeases(): UpdateLeases {
  let leases: Leases = {};
  return async (change) => {
    leases = change(leases);
  };
}
