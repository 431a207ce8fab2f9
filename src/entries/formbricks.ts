import { loadChunk } from '../client/load-chunk.ts';
import { createDropIn } from '../formbricks/drop-in.ts';
import type { DropIn } from '../formbricks/types.ts';

const page = window as { formbricks?: Partial<DropIn> };

// An element whose id is `formbricks` is found under this name too; only a client that is there already stays.
if (typeof page.formbricks?.setup !== 'function') {
  page.formbricks = createDropIn((appUrl, name) => loadChunk(`${appUrl}/`, name));
}
