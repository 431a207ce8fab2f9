import { install } from '../client/install.ts';
import { loadChunk } from '../client/load-chunk.ts';

// The script tag: the renderer stays on the server until a survey is due.
install(loadChunk);
