import * as chunk from './chunk.ts';
import { install } from './install.ts';

// Core and renderer in one script, for pages that pin everything by hash: nothing else is ever loaded.
install(() => Promise.resolve(chunk));
