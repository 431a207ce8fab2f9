/** A file that is being written: invisible until `keep`; what a crash leaves behind is removed within hours. */
export interface Draft {
  /** Path of a file with the bytes written so far, to be checked before `keep`. */
  readonly path: string;
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Stores the bytes under a key and resolves once they are durable. False when the key is taken: the present file
   * stays unchanged.
   */
  keep(key: string): Promise<boolean>;
  /** Deletes the bytes; does nothing after `keep`. */
  discard(): Promise<void>;
}

/** A range of bytes, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** An open file of a store; `read` or `close` must be called. */
export interface OpenFile {
  readonly size: number;
  /** The bytes, or those of a range; closes the file at their end or when the reader cancels. */
  read(range?: ByteRange): ReadableStream<Uint8Array>;
  close(): Promise<void>;
}

/** Where a client posts a file, and the form fields that precede it. */
export interface UploadForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Stores files by key; methods reject for keys that aren't from `toFileKey`. */
export interface FileStore {
  /** Permits one upload from a client straight into the store; missing where uploads go through the server. */
  readonly permit?: (key: string, maxBytes: number) => Promise<UploadForm>;
  draft(): Promise<Draft>;
  open(key: string): Promise<OpenFile | undefined>;
  /** Bytes of a file, checked or not yet; undefined where there is none. */
  size(key: string): Promise<number | undefined>;
  /** Deletes a file. Returns whether there was one. */
  remove(key: string): Promise<boolean>;
  /** Keys below a prefix that ends in a slash: of an environment, of its private files, of a survey. */
  list(prefix: string): AsyncIterable<string>;
}

/** Options of `openFileStore`. */
export interface StoreOptions {
  /** Called with problems for the server's log that belong to no request. */
  readonly onProblem?: (message: string) => void;
}
