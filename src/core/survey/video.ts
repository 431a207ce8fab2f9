import { MAX_LINK_CHARS } from '../limits.ts';

const YOUTUBE = 'https://www.youtube-nocookie.com/embed/{id}?rel=0&autoplay=1';
const VIMEO = 'https://player.vimeo.com/video/{id}?dnt=1&autoplay=1';
const LOOM = 'https://www.loom.com/embed/{id}?hideEmbedTopBar=true&autoplay=1';

/** Host, path with the video's id as its group, and address of the frame. */
const HOSTS: readonly (readonly [host: RegExp, path: RegExp, frame: string])[] = [
  [
    /^((www|m)\.)?youtube(-nocookie)?\.com$/,
    /^\/(?:(?:embed|shorts|live)\/|watch\?(?:.*&)?v=)([\w-]+)/,
    YOUTUBE,
  ],
  [/^youtu\.be$/, /^\/([\w-]+)/, YOUTUBE],
  [/^((www|player)\.)?vimeo\.com$/, /^\/(?:video\/)?(\d+)/, VIMEO],
  [/^(www\.)?loom\.com$/, /^\/(?:share|embed)\/(\w+)/, LOOM],
];

/**
 * The address of the frame that plays a video of YouTube, Vimeo or Loom, with the least tracking that each offers;
 * undefined for any other address, which is never framed (survey-model.md 2.15).
 *
 * @example
 * frameOf('https://youtu.be/abc'); // 'https://www.youtube-nocookie.com/embed/abc?…'
 */
export function frameOf(address: string): string | undefined {
  if (address.length > MAX_LINK_CHARS) return undefined;
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return undefined;
  }
  if (url.protocol !== 'https:' || url.port) return undefined;
  for (const [host, path, frame] of HOSTS) {
    const id = host.test(url.hostname) && path.exec(url.pathname + url.search)?.[1];
    if (id) return frame.replace('{id}', id);
  }
  return undefined;
}
