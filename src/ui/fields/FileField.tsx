import type { JSX } from 'preact';
import { MAX_ANSWER_FILES } from '../../core/limits.ts';
import type { FileElement } from '../../core/survey/document.ts';
import { listOf } from '../../core/survey/picks.ts';
import type { Upload, UploadProblem } from '../../wire/upload.ts';
import type { FieldProps } from '../base/field-props.ts';
import { say } from '../texts/strings.ts';

/** Most files of one answer (survey-model.md 2.10). */
const MB = 1024 * 1024;

/** A file that is being uploaded, or whose upload failed. */
interface Pending {
  readonly file: File;
  readonly place: number;
  readonly abort: AbortController;
  /** The part that was sent, 0 to 1. */
  part: number;
  problem?: UploadProblem | undefined;
  work?: Promise<void>;
}

/** State of the control besides the answer. */
interface Files {
  urls: readonly string[];
  readonly names: Record<string, string>;
  /** The places of uploaded files in the order in which they were chosen. */
  readonly places: Record<string, number>;
  pending: readonly Pending[];
  /** The number of files chosen so far. */
  chosen: number;
  /** Why files were refused. */
  refused: string;
  /** The survey's host, which is removed from the page when the survey closes. */
  host?: Element | undefined;
}

/** A file upload, by choosing or dropping. Uploads start at once; the answer is the addresses of the uploaded files. */
export function FileField(props: FieldProps<FileElement>): JSX.Element {
  const {
    element,
    id,
    value,
    isWrong,
    describedBy,
    onAnswer,
    memory,
    redraw,
    uploads,
    upload = keepInside,
  } = props;
  const { allowMultipleFiles: isMulti, allowedFileExtensions } = element;
  memory[element.id] ??= { urls: [], names: {}, places: {}, pending: [], chosen: 0, refused: '' };
  const files = memory[element.id] as Files;
  files.urls = listOf(value);
  const isFull = !isMulti && files.urls.length + files.pending.length > 0;

  const answer = (urls: readonly string[]): void => {
    files.urls = urls;
    onAnswer(urls);
  };
  /** The card waits for pending uploads, and stays on screen while one has failed. */
  const changePending = (pending: readonly Pending[]): void => {
    files.pending = pending;
    const all = Promise.all(pending.map(({ work }) => work)).then(() => files.pending.length === 0);
    uploads[element.id] = pending.length > 0 ? all : undefined;
    redraw();
  };
  const drop = (one: Pending): void => changePending(files.pending.filter((other) => other !== one));
  const send = (one: Pending): void => {
    Object.assign(one, { part: 0, problem: undefined });
    const onProgress = (part: number): void => {
      one.part = part;
      // The survey was closed: this answer will not be sent.
      if (files.host && !files.host.isConnected) one.abort.abort();
      else redraw();
    };
    const { file, abort } = one;
    one.work = upload({ file, elementId: element.id, onProgress, signal: abort.signal }).then((result) => {
      if (abort.signal.aborted) return;
      if ('url' in result) {
        files.names[result.url] = file.name;
        files.places[result.url] = one.place;
        const placeOf = (url: string): number => files.places[url] ?? 0;
        answer([...files.urls, result.url].sort((a, b) => placeOf(a) - placeOf(b)));
        drop(one);
      } else {
        one.problem = result.problem;
        redraw();
      }
    });
  };
  const take = (list: FileList | null | undefined): void => {
    const { taken, refused } = sift([...(list ?? [])], element, files);
    files.refused = refused;
    const added = taken.map(
      (file): Pending => ({ file, place: ++files.chosen, abort: new AbortController(), part: 0 }),
    );
    added.forEach(send);
    changePending([...files.pending, ...added]);
  };

  const noteHost = (list: HTMLElement | null): void => {
    files.host ??= (list?.getRootNode() as ShadowRoot | undefined)?.host;
  };

  return (
    <>
      {!isFull && (
        <label
          class="drop"
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            take(event.dataTransfer?.files);
          }}
        >
          <input
            type="file"
            multiple={!!isMulti}
            accept={allowedFileExtensions?.map((one) => `.${one}`).join()}
            aria-labelledby={id}
            aria-describedby={describedBy}
            aria-invalid={isWrong}
            onChange={({ currentTarget }) => {
              take(currentTarget.files);
              // So that the same file can be chosen again.
              currentTarget.value = '';
            }}
          />
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M12 16V5m-4 4 4-4 4 4M5 15v4h14v-4" />
          </svg>
          <span>{say('file_input_placeholder_text')}</span>
          {allowedFileExtensions && (
            <span class="note">{allowedFileExtensions.join(', ').toUpperCase()}</span>
          )}
        </label>
      )}
      {files.refused && (
        <p class="note refused" role="alert">
          {files.refused}
        </p>
      )}
      {/* biome-ignore lint/a11y/noRedundantRoles: Safari removes the list role of lists without bullets */}
      <ul class="files" role="list" ref={noteHost}>
        {files.urls.map((url) => {
          const name = files.names[url] ?? nameOf(url);
          return (
            <li key={url}>
              <span>{name}</span>
              <Remove name={name} onClick={() => answer(files.urls.filter((other) => other !== url))} />
            </li>
          );
        })}
        {files.pending.map((one) => {
          const { file, part, problem, abort } = one;
          return (
            <li key={`${file.name}?`} class={problem && 'failed'}>
              <span>
                {file.name}
                {problem ? (
                  <span class="note" role="alert">
                    {say(problem, element.maxSizeInMB ?? 10)}
                  </span>
                ) : (
                  <progress value={part} aria-label={file.name} />
                )}
              </span>
              {problem && (
                <button
                  type="button"
                  class="link"
                  onClick={() => {
                    send(one);
                    changePending(files.pending);
                  }}
                >
                  {say('retry')}
                </button>
              )}
              <Remove
                name={file.name}
                onClick={() => {
                  abort.abort();
                  drop(one);
                }}
              />
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Remove({ name, onClick }: { readonly name: string; readonly onClick: () => void }): JSX.Element {
  return (
    <button type="button" class="icon" aria-label={say('remove_file', name)} onClick={onClick}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="m7 7 10 10M17 7 7 17" />
      </svg>
    </button>
  );
}

/** Separates accepted files from refused ones, with the reasons: by number, name, type and size, in this order. */
function sift(
  list: readonly File[],
  { allowMultipleFiles, maxSizeInMB = 0, allowedFileExtensions }: FileElement,
  { urls, names, pending }: Files,
): { readonly taken: readonly File[]; readonly refused: string } {
  const most = allowMultipleFiles ? MAX_ANSWER_FILES : 1;
  if (list.length + urls.length + pending.length > most)
    return { taken: [], refused: say('maximum_files', most) };
  const known = [...urls.map((url) => names[url] ?? nameOf(url)), ...pending.map(({ file }) => file.name)];
  const seen = new Set(known.map((name) => name.toLowerCase()));
  const reasons: string[] = [];
  const refuse = (file: File, reason: string): boolean => reasons.push(`${file.name}: ${reason}`) < 0;
  const taken = list.filter((file) => {
    const name = file.name.toLowerCase();
    const extension = name.split('.').pop() ?? '';
    if (seen.has(name)) return refuse(file, say('duplicate_files'));
    if (allowedFileExtensions?.length && !allowedFileExtensions.includes(extension))
      return refuse(file, say('no_valid_file_types_selected'));
    if (maxSizeInMB && file.size > maxSizeInMB * MB)
      return refuse(file, say('file_size_exceeded', maxSizeInMB));
    seen.add(name);
    return true;
  });
  return { taken, refused: reasons.join('\n') };
}

/** The file name in the address of an uploaded file. */
function nameOf(url: string): string {
  const file = /^data:[^,]*;name=([^;,]*)/.exec(url)?.[1] ?? url.split('/').pop() ?? '';
  try {
    return decodeURIComponent(file).replace(/--fid--[^.]*/, '');
  } catch {
    return file;
  }
}

/** Reads a file into a `data:` address, which is the answer when there is no server. */
const keepInside: Upload = ({ file }) =>
  new Promise((resolve) => {
    const reader = new FileReader();
    // With the name of the file, which rules read.
    reader.onload = () =>
      resolve({ url: `${reader.result}`.replace(';', () => `;name=${nameInAddress(file)};`) });
    reader.onerror = () => resolve({ problem: 'upload_failed' });
    reader.readAsDataURL(file);
  });

/** The name of a file as a part of an address; half a surrogate pair, which has no encoding, is left out. */
function nameInAddress({ name }: File): string {
  return encodeURIComponent(name.replace(/\p{Cs}/gu, ''));
}
