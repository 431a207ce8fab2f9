import { install } from './install.ts';
import { loadChunk } from './load-chunk.ts';

// The script tag: the renderer stays on the server until a survey is due.
install(loadChunk);
