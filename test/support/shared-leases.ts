import type { Leases, UpdateLeases } from '../../src/store/lease.ts';

/** Leases shared by two tabs of a site without https, where there is no Web Locks API. */
export function shareLeases(): UpdateLeases {
  let leases: Leases = {};
  return async (change) => {
    leases = change(leases);
  };
}
