/** Most frames of a page that are listened to. */
const MOST_FRAMES = 50;

/** Listeners in the page's frames of the same origin, whose events the page itself never sees. */
export interface FrameListeners {
  /** Adds the listeners to frames that have been added, or have loaded another document. True when there were any. */
  readonly attachNew: () => boolean;
  readonly release: () => void;
}

/** Listens in the frames of the same origin, nested ones included, for several events (names with spaces between). */
export function listenInFrames(names: string, handler: (event: Event) => void): FrameListeners {
  const options = { capture: true, passive: true };
  const each = names.split(' ');
  const known = new Set<Document>();
  return {
    attachNew() {
      const added = documentsIn(document).filter((one) => !known.has(one));
      for (const one of added) {
        known.add(one);
        for (const name of each) one.addEventListener(name, handler, options);
      }
      return added.length > 0;
    },
    release() {
      for (const one of known) for (const name of each) one.removeEventListener(name, handler, options);
    },
  };
}

/** The document of a frame; null for one of another origin, and for what is no frame. */
export function documentOf(frame: Element | null): Document | null {
  try {
    return (frame as HTMLIFrameElement | null)?.contentWindow?.document ?? null;
  } catch {
    return null;
  }
}

function documentsIn(from: Document, found: Document[] = []): Document[] {
  for (const frame of from.querySelectorAll('iframe,frame')) {
    const inner = documentOf(frame);
    if (!inner || found.length >= MOST_FRAMES) continue;
    found.push(inner);
    documentsIn(inner, found);
  }
  return found;
}
