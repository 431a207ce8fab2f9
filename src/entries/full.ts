import { install } from '../client/install.ts';
import type { Chunks } from '../client/load-chunk.ts';
import * as advice from '../debug/advice.ts';
import * as ui from '../display/index.ts';
import * as foreign from '../outbox/formbricks-protocol.ts';
import * as triggers from '../triggers/index.ts';

// Core and renderer in one script, for pages that pin everything by hash: nothing else is loaded, so there is no debug
// panel.
const chunks: Omit<Chunks, 'debug'> = { ui, foreign, advice, triggers };
install(async (_server, name) => (chunks as Chunks)[name]);
