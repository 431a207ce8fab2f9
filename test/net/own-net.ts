import { toBody } from '../../src/net/before-send.ts';
import { codeOf, isOk, isRefused, NO_REPLY, request } from '../../src/net/request.ts';
import type { Net } from '../../src/outbox/send-body.ts';
import { stringify } from '../../src/platform/json.ts';

/** The functions that the core passes to delivery. */
export const net: Net = { codeOf, isOk, isRefused, NO_REPLY, request, stringify, toBody };
