import { describe, expect, it } from 'vitest';
import { readTicket, signTicket, type UploadTicket } from '../../../server/files/upload-ticket.ts';
import { UPLOAD_TICKET_MS } from '../../../src/core/limits.ts';
import { flipBits } from './flip-bits.ts';

const secret = Buffer.alloc(32, 7);
const ticket: UploadTicket = {
  environmentId: 'env1',
  surveyId: 'survey1',
  elementId: 'file',
  name: 'a--fid--0f8fad5b-d9cb-469f-a165-70867728950e.png',
  type: 'image/png',
  maxBytes: 1024,
  issuedAt: 1_800_000_000_000,
};
const { elementId: _, maxBytes: __, issuedAt, ...rest } = ticket;
const claim = { ...rest, timestamp: String(issuedAt), signature: signTicket(secret, ticket) };

describe('a ticket', () => {
  it('is read back as it was issued', () => {
    expect(readTicket(secret, claim, issuedAt)).toEqual(ticket);
  });

  it('is valid for two minutes', () => {
    expect(readTicket(secret, claim, issuedAt + UPLOAD_TICKET_MS - 1)).toEqual(ticket);
    expect(readTicket(secret, claim, issuedAt + UPLOAD_TICKET_MS)).toBe('expired');
  });

  it('is not valid with another secret', () => {
    expect(readTicket(Buffer.alloc(32, 8), claim, issuedAt)).toBe('forged');
  });

  it.each(Object.entries(claim))('is invalid with any bit of %s flipped', (field, value) => {
    const flipped = flipBits(value);
    expect(flipped.length).toBeGreaterThan(value.length * 3);
    for (const text of flipped)
      expect(readTicket(secret, { ...claim, [field]: text }, issuedAt), text).toBe('forged');
  });

  const rows: [name: string, change: Partial<typeof claim>][] = [
    ['nothing', { signature: '' }],
    ['no element', { signature: claim.signature.replace('.file.', '..') }],
    ['another element', { signature: claim.signature.replace('.file.', '.~.') }],
    ['another limit', { signature: claim.signature.replace('1024.', '10240.') }],
    ['a limit with a zero before it', { signature: claim.signature.replace('1024.', '01024.') }],
    ['upper case', { signature: claim.signature.toUpperCase() }],
    ['something behind it', { signature: `${claim.signature}0` }],
    ['half of it', { signature: claim.signature.slice(0, -32) }],
    ['a zero before the time', { timestamp: `0${claim.timestamp}` }],
    ['a blank before the time', { timestamp: ` ${claim.timestamp}` }],
    ['fields that run together', { environmentId: 'env1survey1', surveyId: '' }],
    ['quotes that move a border', { environmentId: 'env1","survey1', surveyId: '' }],
  ];
  it.each(rows)('is invalid with %s', (_name, change) => {
    expect(readTicket(secret, { ...claim, ...change }, issuedAt)).toBe('forged');
  });
});
