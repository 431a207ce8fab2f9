/** Bytes on their way into a store: nobody sees them before `keep`, and a crash leaves nothing of them behind for long. */
export interface Draft {
  /** A file that holds what was written so far, to be looked at before it is kept. */
  readonly path: string;
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Gives the bytes their key and resolves once they survive a power cut. False when the key is taken: what is there
   * stays as it is.
   */
  keep(key: string): Promise<boolean>;
  /** Throws the bytes away; does nothing once they are kept. */
  discard(): Promise<void>;
}

/** A part of a file, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A file of a store; `read` or `close` must follow. */
export interface OpenFile {
  readonly size: number;
  /** The bytes, or those of a range; closes the file at their end or when the reader gives up. */
  read(range?: ByteRange): ReadableStream<Uint8Array>;
  close(): Promise<void>;
}

/** Where a client sends a file, and the fields of the form before it. */
export interface UploadForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Keeps files by key; the keys are those of `toFileKey`, others are refused with an error. */
export interface FileStore {
  /** Permits one upload straight into the store, of `maxBytes` at most; where it is missing, uploads come through us. */
  readonly permit?: (key: string, maxBytes: number) => Promise<UploadForm>;
  draft(): Promise<Draft>;
  open(key: string): Promise<OpenFile | undefined>;
  /** Whether there was such a file. */
  remove(key: string): Promise<boolean>;
  /** The keys below a prefix that ends in a slash: of an environment, of its private files, of a survey. */
  list(prefix: string): AsyncIterable<string>;
}

/** What a store is opened with. */
export interface StoreOptions {
  /** Hears what the owner should know of and no request can be told. */
  readonly onProblem?: (message: string) => void;
}
