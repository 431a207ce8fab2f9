import { toBody } from '../../src/net/before-send.ts';
import type { Net } from '../../src/net/delivery.ts';
import { stringify } from '../../src/net/json.ts';
import { codeOf, isOk, isRefused, NO_REPLY, request } from '../../src/net/request.ts';

/** What the core lends to delivery. */
export const net: Net = { codeOf, isOk, isRefused, NO_REPLY, request, stringify, toBody };
