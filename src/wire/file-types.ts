/**
 * Extensions of files that may be uploaded, each with its media type (client-api.md 3.6). None is a type that a browser
 * runs or renders as a page: SVG, HTML and scripts are left out on purpose.
 */
export const FILE_TYPES = {
  heic: 'image/heic',
  png: 'image/png',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  ico: 'image/x-icon',
  pdf: 'application/pdf',
  eml: 'message/rfc822',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  txt: 'text/plain',
  csv: 'text/csv',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  avi: 'video/x-msvideo',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  mp3: 'audio/mpeg',
  zip: 'application/zip',
  rar: 'application/vnd.rar',
  '7z': 'application/x-7z-compressed',
  tar: 'application/x-tar',
} as const;

/** An extension that may be uploaded, in lower case and without the dot. */
export type FileExtension = keyof typeof FILE_TYPES;

/** All of them. */
export const FILE_EXTENSIONS = Object.keys(FILE_TYPES) as readonly FileExtension[];

/** Whether an extension is allowed; `''`, upper case and inherited names such as `constructor` are not. */
export function isFileExtension(text: string): text is FileExtension {
  return Object.hasOwn(FILE_TYPES, text);
}

/** The extension of a file name, in lower case; '' when there is none or when it is not letters and digits. */
export function extensionOf(fileName: string): string {
  return /\.([A-Za-z0-9]{1,20})$/.exec(fileName)?.[1]?.toLowerCase() ?? '';
}
