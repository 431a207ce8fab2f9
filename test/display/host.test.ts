import { afterEach, expect, it } from 'vitest';
import { appendHost } from '../../src/display/host.ts';

afterEach(() => document.body.replaceChildren());

it('is the last element of the body, with an empty status region in an open shadow root', () => {
  document.body.append(document.createElement('main'));
  const host = appendHost();
  expect(document.body.lastElementChild).toBe(host);
  expect(host.localName).toBe('inkling-survey');
  const [status, ...others] = host.shadowRoot?.children ?? [];
  expect([status?.getAttribute('role'), status?.textContent, others]).toEqual(['status', '', []]);
});

it('goes into a container when one is given', () => {
  const container = document.createElement('section');
  document.body.append(container);
  expect(appendHost(container).parentElement).toBe(container);
});
