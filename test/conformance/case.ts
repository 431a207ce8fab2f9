import type { Boxes } from './boxes.ts';

/** A request as it stands in a table. Texts may hold names in braces, which stand for fixtures and saved values. */
export interface Request {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, with no content type. */
  readonly text?: string;
  /** A JSON body filled up with spaces to exactly this many bytes. */
  readonly bytes?: number;
  /** Sent as a multipart form: every field of the saved object, then the file. */
  readonly form?: { readonly fields: string; readonly file: FilePart };
  /** Sent in chunks, without a length. */
  readonly chunked?: boolean;
  /** Sent with the API key of this fixture. */
  readonly key?: 'key' | 'otherKey';
}

/** A file in a form. */
export interface FilePart {
  readonly name: string;
  readonly type: string;
  readonly base64: string;
}

/** What comes back, whole: a member of the body that is not named here must not be there. */
export interface Expected {
  readonly status: number;
  /** JSON with matchers where wording, ids and instants are open; undefined for an empty body, `raw` for bytes. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** One request with what it must bring, and what later steps need of its reply. */
export interface Step {
  readonly send: Request;
  /** 200 with any body unless told. */
  readonly expect?: Expected;
  /** Values kept for later steps, by their path in the body. */
  readonly save?: Readonly<Record<string, string>>;
  /** Headers of the reply kept for later steps. */
  readonly keep?: Readonly<Record<string, string>>;
  /** Keeps the moment of this request under this name, as the wire writes instants. */
  readonly stamp?: string;
  /** Lets the server's clock go on by this much before the request. */
  readonly wait?: number;
  /** Afterwards, puts these filters into stored segments, past what the API checks. */
  readonly storeFilters?: Readonly<Record<string, readonly unknown[]>>;
}

/** The versions of the client API. */
export const VERSIONS = ['v1', 'v2'] as const;
/** One of them. */
export type Version = (typeof VERSIONS)[number];

/** One row of a table of the specification. */
export interface Case {
  readonly name: string;
  /** Where the specification says so. */
  readonly spec: string;
  /** The boxes of the checklist that it ticks. */
  readonly boxes?: Boxes;
  /** Both unless told; a table without `{v}` in its endpoint runs once. */
  readonly versions?: readonly Version[];
  /** Has environments of its own: it counts what is in them, or fills them. */
  readonly alone?: boolean;
  readonly before?: readonly Step[];
  readonly send?: Request;
  readonly expect: Expected;
  readonly save?: Readonly<Record<string, string>>;
  readonly wait?: number;
  readonly afterwards?: readonly Step[];
}

/** All cases of one endpoint. */
export interface Table {
  /** Method and path, for instance `POST /api/{v}/client/{env}/user`. */
  readonly endpoint: string;
  /** Headers of every reply of this endpoint unless a case says otherwise. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly cases: readonly Case[];
}
