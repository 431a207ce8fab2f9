import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, readdir, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { makeFolder } from '../base/make-folder.ts';
import { closeToOthers, PRIVATE_FILE, PRIVATE_FOLDER } from '../base/private-access.ts';
import { codeOf, ifFound, moveUnlessTaken, syncFolder } from './durable-move.ts';
import { isFileKey, requireFileKey, requireKeyPrefix } from './file-address.ts';
import type { ByteRange, Draft, FileStore, OpenFile } from './file-store.ts';

/** Folder of drafts, on the same file system as the kept files; no environment id starts with a dot. */
const DRAFTS = '.drafts';
/** No upload takes as long: older drafts were left behind by a crash. */
const ABANDONED_MS = 60 * 60_000;

/** Opens a folder as a file store, makes it when it is missing, and rejects when nothing can be written there. */
export async function openLocalFolder(folder: string): Promise<FileStore> {
  const root = resolve(folder);
  const drafts = join(root, DRAFTS);
  // Without drafts the folder was not made here, and is as its maker wants it.
  if (existsSync(drafts)) for (const path of [root, drafts]) closeToOthers(path, PRIVATE_FOLDER);
  makeFolder(drafts);
  const probe = join(drafts, randomUUID());
  await writeFile(probe, '');
  await unlink(probe);
  let sweptAt = 0;

  return {
    async draft() {
      if (Date.now() - sweptAt > ABANDONED_MS) {
        sweptAt = Date.now();
        await removeAbandoned(drafts, sweptAt - ABANDONED_MS);
      }
      return openDraft(root, join(drafts, randomUUID()));
    },
    async open(key) {
      const handle = await ifFound(open(pathOf(root, key), 'r'));
      return handle && toOpenFile(handle);
    },
    async size(key) {
      return (await ifFound(stat(pathOf(root, key))))?.size;
    },
    async remove(key) {
      const path = pathOf(root, key);
      if ((await ifFound(unlink(path).then(() => true))) === undefined) return false;
      await syncFolder(dirname(path));
      return true;
    },
    list(prefix) {
      return listKeys(root, requireKeyPrefix(prefix));
    },
  };
}

async function openDraft(root: string, path: string): Promise<Draft> {
  const handle = await open(path, 'wx', PRIVATE_FILE);
  await handle.chmod(PRIVATE_FILE);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  return {
    path,
    async write(bytes) {
      await handle.writeFile(bytes);
    },
    async keep(key) {
      const target = pathOf(root, key);
      await handle.sync();
      await close();
      await makeDurableFolder(root, dirname(target));
      if (!(await moveUnlessTaken(path, target))) return false;
      await syncFolder(dirname(target));
      return true;
    },
    async discard() {
      await close();
      await rm(path, { force: true });
    },
  };
}

/** The name of a new folder is stored in its parent folder, which has to be synced too. */
async function makeDurableFolder(root: string, path: string): Promise<void> {
  if (path === root || (await ifFound(stat(path)))) return;
  await makeDurableFolder(root, dirname(path));
  await mkdir(path, PRIVATE_FOLDER)
    .then(() => chmod(path, PRIVATE_FOLDER))
    .catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  await syncFolder(dirname(path));
}

async function toOpenFile(handle: FileHandle): Promise<OpenFile> {
  const { size } = await handle.stat();
  return {
    size,
    read: (range?: ByteRange) =>
      Readable.toWeb(createReadStream('', { fd: handle, ...range })) as ReadableStream<Uint8Array>,
    close: () => handle.close(),
  };
}

async function* listKeys(root: string, prefix: string): AsyncGenerator<string> {
  const entries = (await ifFound(readdir(join(root, prefix), { withFileTypes: true }))) ?? [];
  for (const entry of entries) {
    if (entry.isDirectory()) yield* listKeys(root, `${prefix}${entry.name}/`);
    else if (isFileKey(prefix + entry.name)) yield prefix + entry.name;
  }
}

async function removeAbandoned(drafts: string, before: number): Promise<void> {
  for (const name of await readdir(drafts)) {
    const path = join(drafts, name);
    const found = await ifFound(stat(path));
    if (found && found.mtimeMs < before) await rm(path, { force: true });
  }
}

/** Checks again, whatever the caller has checked: an invalid key never becomes a path. */
function pathOf(root: string, key: string): string {
  return join(root, requireFileKey(key));
}
