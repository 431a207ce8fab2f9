import { expect, it } from 'vitest';
import { frameOf } from '../../../src/core/survey/video.ts';

it.each([
  ['https://www.youtube.com/watch?v=a-B_1', 'https://www.youtube-nocookie.com/embed/a-B_1?'],
  ['https://youtube.com/watch?t=3&v=abc&x=1', 'https://www.youtube-nocookie.com/embed/abc?'],
  ['https://m.youtube.com/shorts/abc', 'https://www.youtube-nocookie.com/embed/abc?'],
  ['https://youtu.be/abc?t=1', 'https://www.youtube-nocookie.com/embed/abc?'],
  ['https://www.youtube-nocookie.com/embed/abc', 'https://www.youtube-nocookie.com/embed/abc?'],
  ['https://vimeo.com/123456', 'https://player.vimeo.com/video/123456?'],
  ['https://player.vimeo.com/video/123456', 'https://player.vimeo.com/video/123456?'],
  ['https://www.loom.com/share/0a1b', 'https://www.loom.com/embed/0a1b?'],
  ['https://loom.com/embed/0a1b', 'https://www.loom.com/embed/0a1b?'],
])('%s is framed', (address, frame) => {
  expect(frameOf(address)?.startsWith(frame)).toBe(true);
});

it.each([
  'http://youtu.be/abc',
  'https://youtu.be.example.com/abc',
  'https://evil-youtube.com/watch?v=abc',
  'https://youtube.com:444/watch?v=abc',
  'https://youtube.com/watch?xv=abc',
  'https://youtube.com/redirect?q=https://example.com',
  'https://vimeo.com/channels/x',
  'https://example.com/video.mp4',
  'javascript:alert(1)',
  'youtu.be/abc',
  '',
])('%s is not framed', (address) => {
  expect(frameOf(address)).toBeUndefined();
});
