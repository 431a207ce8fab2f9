import { expect, it } from 'vitest';
import { readS3Address, type S3Address } from '../../../server/files/s3-address.ts';

const PLAIN = { bucket: 'answers', prefix: '', endpoint: undefined, region: undefined, isPathStyle: false };

it.each<[url: string, read: Partial<S3Address>]>([
  ['s3://answers', {}],
  ['s3://answers/', {}],
  ['s3://answers/inkling', { prefix: 'inkling/' }],
  ['s3://answers/a/b.c_d-e/', { prefix: 'a/b.c_d-e/' }],
  ['s3://answers?region=eu-west-1', { region: 'eu-west-1' }],
  [
    's3://my.answers-2/x?endpoint=http://127.0.0.1:9000&forcePathStyle=1',
    { bucket: 'my.answers-2', prefix: 'x/', endpoint: 'http://127.0.0.1:9000', isPathStyle: true },
  ],
  [
    's3://answers?endpoint=https%3A%2F%2Fs3.example.com%2F&forcePathStyle=0',
    { endpoint: 'https://s3.example.com/' },
  ],
])('%s is read', (url, read) => {
  expect(readS3Address(url)).toEqual({ ...PLAIN, ...read });
});

it.each([
  ['s3://', 'must be s3://bucket/prefix'],
  ['s3:answers', 'must be s3://bucket/prefix'],
  ['s3://An_swers', 'must be s3://bucket/prefix'],
  ['s3://a', 'must be s3://bucket/prefix'],
  ['s3://answers:9000', 'must be s3://bucket/prefix'],
  ['s3://answers#x', 'must be s3://bucket/prefix'],
  ['s3://id:secret@answers', 'must not hold credentials'],
  ['s3://answers/a//b', 'must have a prefix of letters'],
  ['s3://answers/.uploads', 'must have a prefix of letters'],
  ['s3://answers/a%2Fb', 'must have a prefix of letters'],
  ['s3://answers?zone=1', 'takes endpoint, region, forcePathStyle'],
  ['s3://answers?endpoint=127.0.0.1:9000', 'must have an http(s) address as its endpoint'],
  ['s3://answers?region=', 'must have a region'],
  ['s3://answers?forcePathStyle=yes', 'must have 0 or 1 as forcePathStyle'],
])('%s is refused without being repeated', (url, because) => {
  expect(() => readS3Address(url)).toThrow(because);
  try {
    readS3Address(url);
  } catch (error) {
    expect(String(error)).not.toMatch(/secret|An_swers|zone|yes/);
  }
});
