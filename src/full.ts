import * as advice from './advice.ts';
import * as ui from './chunk.ts';
import { install } from './install.ts';
import type { Chunks } from './load-chunk.ts';
import * as foreign from './net/foreign.ts';
import * as triggers from './triggers/index.ts';

// Core and renderer in one script, for pages that pin everything by hash: nothing else is ever loaded, so that there is
// no debug panel.
const chunks: Omit<Chunks, 'debug'> = { ui, foreign, advice, triggers };
install(async (_server, name) => (chunks as Chunks)[name]);
