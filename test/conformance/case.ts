import type { ChecklistItems } from './checklist.ts';

/** A request of a table. Texts may contain names in braces, which stand for fixtures and saved values. */
export interface Request {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent unchanged, without a content type. */
  readonly text?: string;
  /** Pads a JSON body with spaces to exactly this number of bytes. */
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

/** The whole reply: a member of the body that is not listed must be absent. */
export interface Expected {
  readonly status: number;
  /**
   * JSON with matchers where wording, ids and instants are unspecified; undefined for an empty body, `raw` for bytes.
   */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** One request with its expected reply, and the values of it that later steps need. */
export interface Step {
  readonly send: Request;
  /** Default: 200 with any body. */
  readonly expect?: Expected;
  /** Values kept for later steps, by their path in the body. */
  readonly save?: Readonly<Record<string, string>>;
  /** Headers of the reply kept for later steps. */
  readonly keep?: Readonly<Record<string, string>>;
  /** Keeps the instant of this request under this name, as an ISO text. */
  readonly stamp?: string;
  /** Advances the server's clock before the request, in ms. */
  readonly wait?: number;
  /** Writes these filters into stored segments afterwards, bypassing the validation of the API. */
  readonly storeFilters?: Readonly<Record<string, readonly unknown[]>>;
  /** The saved id of a survey that becomes a link survey afterwards, as older versions have stored them. */
  readonly storeAsLink?: string;
}

/** The versions of the client API. */
export const VERSIONS = ['v1', 'v2'] as const;
/** One of them. */
export type Version = (typeof VERSIONS)[number];

/** One row of a table of the specification. */
export interface Case {
  readonly name: string;
  /** Section of client-api.md, with the row of its table, or of another document that is named. */
  readonly spec: string;
  /** Items of the checklist that the case covers. */
  readonly covers?: ChecklistItems;
  /** Default: both; a table without `{v}` in its endpoint runs once. */
  readonly versions?: readonly Version[];
  /** Uses environments of its own, because it counts or fills what is in them. */
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
  /** Headers of every reply of this endpoint unless a case overrides them. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly cases: readonly Case[];
}
