import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../server/webhooks/retry-schedule.ts';
import { newWebhookSecret, signMessage } from '../../../server/webhooks/signature.ts';

const NOW = Date.UTC(2026, 0, 1);

describe('the schedule', () => {
  it('is ten attempts within 75 h 35 min 5 s, then nothing more', () => {
    const delays: number[] = [];
    for (let attempts = 0; ; attempts += 1) {
      const verdict = judge({ status: 500 }, { attempts, now: NOW });
      if (verdict.status === 'dead') break;
      expect(verdict).toEqual({ status: 'pending', nextAt: verdict.nextAt, isGone: false });
      delays.push((verdict.nextAt - NOW) / 1000);
    }
    expect(delays).toEqual([5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    expect(delays.reduce((sum, delay) => sum + delay)).toBe(75 * 3600 + 35 * 60 + 5);
  });

  it.each([200, 201, 204, 299])('treats %s as success', (status) => {
    expect(judge({ status }, { attempts: 9, now: NOW }).status).toBe('delivered');
  });
  it.each([null, 100, 300, 301, 304, 307, 308, 400, 404, 409, 429, 500, 503])(
    'takes %s for a failure',
    (status) => {
      expect(judge({ status }, { attempts: 0, now: NOW }).status).toBe('pending');
    },
  );
  it('disables the webhook on 410, at any attempt', () => {
    for (const attempts of [0, 5, 9]) {
      expect(judge({ status: 410 }, { attempts, now: NOW })).toMatchObject({ status: 'dead', isGone: true });
    }
  });

  it.each([
    ['120', 120],
    [' 120 ', 120],
    ['0', 5],
    ['-5', 5],
    ['soon', 5],
    ['', 5],
    ['99999999999', 86_400],
    [new Date(NOW + 600_000).toUTCString(), 600],
    [new Date(NOW - 600_000).toUTCString(), 5],
  ])('with Retry-After %j waits %s s', (retryAfter, seconds) => {
    expect(judge({ status: 429, retryAfter }, { attempts: 0, now: NOW }).nextAt).toBe(NOW + seconds * 1000);
  });
});

describe('the signature', () => {
  it.each([
    [
      'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
      {
        id: 'msg_test_1',
        timestamp: 1_700_000_000,
        body: '{"webhookId":"w1","event":"responseCreated","data":{"id":"r1"}}',
      },
      'v1,uW9/sjrqpf32ZAmmkCsvuALF/8RN+9MB+uGkDA4GqDk=',
    ],
    [
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' },
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    ],
  ])('matches the published examples', (secret, message, expected) => {
    expect(signMessage(secret, message)).toBe(expected);
  });

  it('of 10,000 bodies is verified by the reference library, and not for a changed body', () => {
    const secret = newWebhookSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const reference = new Webhook(secret);
    const timestamp = Math.floor(Date.now() / 1000);
    for (let index = 0; index < 10_000; index += 1) {
      const body = JSON.stringify({ index, text: `ä€😀"\\${String.fromCharCode(index % 0xd7ff)}` });
      const headers = {
        'webhook-id': `m${index}`,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signMessage(secret, { id: `m${index}`, timestamp, body }),
      };
      reference.verify(body, headers);
      if (index % 100 === 0) {
        expect(() => reference.verify(`${body} `, headers)).toThrow();
        expect(() => reference.verify(body, { ...headers, 'webhook-id': 'other' })).toThrow();
      }
    }
  });
});
