/** Spellings of a dot, a separator and an end of text that some decoder has accepted. */
const DOTS = ['..', '%2e%2e', '%252e%252e', '%c0%ae%c0%ae', '\uff0e\uff0e', '..;', '....'];
const SLASHES = ['/', '\\', '%2f', '%5c', '%252f', '%c0%af', '\u2215', '\uff0f'];
const ODD = [
  '../../../../../../etc/passwd\u0000',
  '../../../../etc/passwd%00',
  '/etc/passwd',
  '//etc/passwd',
  '\\\\server\\share\\a',
  'C:\\Windows\\win.ini',
  'C:a',
  'CON',
  'NUL',
  'a:$DATA',
  '.',
  './.',
  '~root/.ssh/id',
  '.drafts/../a',
  '..%2f.drafts%2fa',
  'file:///etc/passwd',
  '....//....//a',
  '..././..././a',
  '%2e%2e%2f%2e%2e%2f',
  '\u202egnp.exe',
  'a\r\nSet-Cookie: b=c',
  '$(id)',
  '`id`',
  '$HOME',
  '-rf',
];

/** File names that try to leave their folder. */
export const TRAVERSALS: readonly string[] = [
  ...DOTS.flatMap((dots) => SLASHES.map((slash) => `${dots}${slash}${dots}${slash}${dots}${slash}outside`)),
  ...ODD,
];
