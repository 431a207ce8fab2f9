import { createHmac, timingSafeEqual } from 'node:crypto';
import { UPLOAD_TICKET_MS } from '../../src/core/limits.ts';

/** Takes the place of the survey id for a file that its owner publishes; no survey's id is empty. */
export const PUBLIC_FILE = '';

/** Permission to upload one file. */
export interface UploadTicket {
  readonly environmentId: string;
  /** Or `PUBLIC_FILE`. */
  readonly surveyId: string;
  readonly elementId: string;
  /** The stored name, random part included. */
  readonly name: string;
  /** The media type that the client declared. */
  readonly type: string;
  readonly maxBytes: number;
  /** Epoch ms. */
  readonly issuedAt: number;
}

/** The parts of a ticket that a client sends back, unparsed. The signature contains element and size limit. */
export interface UploadClaim {
  readonly environmentId: string;
  readonly surveyId: string;
  readonly name: string;
  readonly type: string;
  /** `issuedAt` in digits. */
  readonly timestamp: string;
  readonly signature: string;
}

const SIGNATURE = /^([1-9][0-9]{0,9})\.([A-Za-z0-9_-]+|~)\.([0-9a-f]{64})$/;

/** Signs a ticket: `maxBytes.elementId.hmac`. */
export function signTicket(secret: Buffer, ticket: UploadTicket): string {
  const { maxBytes, elementId, issuedAt, ...rest } = ticket;
  const mac = toMac(secret, { ...rest, maxBytes: String(maxBytes), elementId, timestamp: String(issuedAt) });
  return `${maxBytes}.${elementId}.${mac.toString()}`;
}

/** Verifies a claim: the ticket, or the reason why it is refused. */
export function readTicket(
  secret: Buffer,
  claim: UploadClaim,
  now: number,
): UploadTicket | 'forged' | 'expired' {
  const { signature, timestamp, ...rest } = claim;
  const [, maxBytes = '', elementId = '', given = ''] = SIGNATURE.exec(signature) ?? [];
  const expected = toMac(secret, { ...rest, maxBytes, elementId, timestamp });
  // Compared as text: a signature has exactly one spelling.
  const bytes = Buffer.from(given);
  if (bytes.length !== expected.length || !timingSafeEqual(bytes, expected)) return 'forged';
  const issuedAt = Number(timestamp);
  if (now >= issuedAt + UPLOAD_TICKET_MS) return 'expired';
  return { ...rest, elementId, maxBytes: Number(maxBytes), issuedAt };
}

interface Signed extends Omit<UploadClaim, 'signature'> {
  readonly maxBytes: string;
  readonly elementId: string;
}

/** JSON separates the fields: no two different tickets have the same text. */
function toMac(secret: Buffer, signed: Signed): Buffer {
  const { environmentId, surveyId, elementId, name, type, maxBytes, timestamp } = signed;
  const text = JSON.stringify([environmentId, surveyId, elementId, name, type, maxBytes, timestamp]);
  return Buffer.from(createHmac('sha256', secret).update(text).digest('hex'));
}
