import { afterEach, describe, expect, it, vi } from 'vitest';
import type { NoCodeConfig } from '../../src/core/survey/document.ts';
import { watchClick } from '../../src/triggers/click.ts';

type Selector = NonNullable<NoCodeConfig['elementSelector']>;
const PAGE = `
  <main><button class="buy big" id="buy"><b id="word">Buy</b> <i id="now">now</i></button></main>
  <p id="plain">Buy</p>`;

let release = (): void => {};
const start = (elementSelector: Selector | undefined): ReturnType<typeof vi.fn<() => void>> => {
  const fire = vi.fn<() => void>();
  release = watchClick({ type: 'click', ...(elementSelector ? { elementSelector } : {}) }, fire);
  return fire;
};
const clickOn = (id: string): void => document.getElementById(id)?.click();

afterEach(() => {
  release();
  document.body.innerHTML = '';
});

type Row = [name: string, selector: Selector | undefined, id: string, times: number];
const rows: Row[] = [
  ['the target', { cssSelector: '.buy' }, 'buy', 1],
  ['an ancestor of the target', { cssSelector: '.buy' }, 'word', 1],
  ['a distant ancestor', { cssSelector: 'main' }, 'now', 1],
  ['another element', { cssSelector: '.buy' }, 'plain', 0],
  ['several selectors', { cssSelector: '.none, #buy' }, 'word', 1],
  ['inner HTML of the target', { innerHtml: 'Buy' }, 'word', 1],
  ['inner HTML is not inner text', { innerHtml: 'Buy now' }, 'buy', 0],
  ['inner HTML with tags', { innerHtml: '<b id="word">Buy</b> <i id="now">now</i>' }, 'buy', 1],
  [
    'inner HTML of an element around it',
    { innerHtml: '<b id="word">Buy</b> <i id="now">now</i>' },
    'word',
    0,
  ],
  ['selector and inner HTML match', { cssSelector: 'p', innerHtml: 'Buy' }, 'plain', 1],
  ['only the selector matches', { cssSelector: 'p', innerHtml: 'Sell' }, 'plain', 0],
  ['only the inner HTML matches', { cssSelector: '.buy', innerHtml: 'Buy' }, 'word', 0],
  ['empty strings are no selectors', { cssSelector: '', innerHtml: '' }, 'buy', 0],
  ['no selector at all', undefined, 'buy', 0],
];
it.each(rows)('%s', (_name, selector, id, times) => {
  document.body.innerHTML = PAGE;
  const fire = start(selector);
  clickOn(id);
  expect(fire).toHaveBeenCalledTimes(times);
});

it('fires at every click, until it is unsubscribed', () => {
  document.body.innerHTML = PAGE;
  const fire = start({ cssSelector: '#buy' });
  clickOn('buy');
  clickOn('buy');
  expect(fire).toHaveBeenCalledTimes(2);
  release();
  clickOn('buy');
  expect(fire).toHaveBeenCalledTimes(2);
});

it('fires although the page stops the propagation of clicks', () => {
  document.body.innerHTML = PAGE;
  const stop = (event: Event): void => event.stopImmediatePropagation();
  document.addEventListener('click', stop, true);
  const fire = start({ cssSelector: '#buy' });
  clickOn('buy');
  document.removeEventListener('click', stop, true);
  expect(fire).toHaveBeenCalledTimes(1);
});

describe('invalid selectors', () => {
  const onError = vi.fn();
  it.each(['[', 'a:nope(', '>>>', '#buy,'])('the selector %s disables its own action only', (cssSelector) => {
    document.body.innerHTML = PAGE;
    addEventListener('error', onError);
    const bad = start({ cssSelector });
    const releaseBad = release;
    const good = start({ cssSelector: '#buy' });
    expect(() => clickOn('buy')).not.toThrow();
    releaseBad();
    removeEventListener('error', onError);
    expect(bad).not.toHaveBeenCalled();
    expect(good).toHaveBeenCalledTimes(1);
    expect(onError).not.toHaveBeenCalled();
  });
});

it('clicks in a survey do not count', () => {
  document.body.innerHTML = '<inkling-survey></inkling-survey>';
  const root = document.querySelector('inkling-survey')?.attachShadow({ mode: 'open' });
  const button = document.createElement('button');
  root?.append(button);
  const fire = start({ cssSelector: 'button, body, inkling-survey' });
  button.click();
  expect(fire).not.toHaveBeenCalled();
});

it('matches elements inside an open shadow root of the page, and around it', () => {
  document.body.innerHTML = '<my-card class="outer"></my-card>';
  const root = document.querySelector('my-card')?.attachShadow({ mode: 'open' });
  const button = document.createElement('button');
  button.className = 'inner';
  root?.append(button);
  const inner = start({ cssSelector: '.inner' });
  const releaseInner = release;
  const outer = start({ cssSelector: '.outer' });
  button.click();
  releaseInner();
  expect([inner.mock.calls.length, outer.mock.calls.length]).toEqual([1, 1]);
});

it('works for a form with a field called matches', () => {
  document.body.innerHTML = '<form id="shop"><input name="matches"><a id="go">Go</a></form>';
  const form = document.getElementById('shop');
  Object.defineProperty(form, 'matches', { value: form?.firstElementChild });
  const fire = start({ cssSelector: 'body' });
  clickOn('go');
  expect(fire).toHaveBeenCalledTimes(1);
});
