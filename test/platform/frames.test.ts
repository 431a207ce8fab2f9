// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from 'vitest';
import { documentOf, listenInFrames } from '../../src/platform/frames.ts';

/** A frame with a document of its own, which happy-dom doesn't make by itself. */
function addFrame(): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  const inner = document.implementation.createHTMLDocument('inner');
  Object.defineProperty(frame, 'contentWindow', { value: { document: inner }, configurable: true });
  document.body.append(frame);
  return frame;
}
const press = (frame: HTMLIFrameElement): unknown =>
  documentOf(frame)?.body.dispatchEvent(new Event('keydown', { bubbles: true }));

let heard: string[] = [];
const note = ({ type }: Event): void => {
  heard.push(type);
};

beforeEach(() => {
  heard = [];
});
afterEach(() => {
  document.body.replaceChildren();
});

it('hears frames that are there, and those added later once they are looked for, until it is released', () => {
  const first = addFrame();
  const frames = listenInFrames('keydown wheel', note);
  expect(frames.attachNew()).toBe(true);
  expect(frames.attachNew()).toBe(false);
  press(first);
  expect(heard).toEqual(['keydown']);
  const second = addFrame();
  expect(frames.attachNew()).toBe(true);
  press(first);
  press(second);
  expect(heard).toEqual(['keydown', 'keydown', 'keydown']);
  frames.release();
  press(first);
  press(second);
  expect(heard).toHaveLength(3);
});

it('does not hear the page itself', () => {
  const frames = listenInFrames('keydown', note);
  expect(frames.attachNew()).toBe(false);
  document.body.dispatchEvent(new Event('keydown', { bubbles: true }));
  expect(heard).toEqual([]);
});

it('leaves out frames of another origin, and goes on', () => {
  const [foreign, own] = [addFrame(), addFrame()];
  const value = Object.defineProperty({}, 'document', {
    get: () => {
      throw new DOMException('SecurityError');
    },
  });
  Object.defineProperty(foreign, 'contentWindow', { value });
  expect(documentOf(foreign)).toBe(null);
  expect(documentOf(document.body)).toBe(null);
  const frames = listenInFrames('keydown', note);
  frames.attachNew();
  press(own);
  expect(heard).toEqual(['keydown']);
});

it('listens to 50 frames at most', () => {
  const all = Array.from({ length: 60 }, () => addFrame());
  const frames = listenInFrames('keydown', note);
  frames.attachNew();
  for (const frame of all) press(frame);
  expect(heard).toHaveLength(50);
  frames.release();
});
