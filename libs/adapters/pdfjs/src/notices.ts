import { AsyncLocalStorage } from 'node:async_hooks';

/** What pdfjs said while it read on past an error. */
export interface Notices {
  /** Something of the content was left out. */
  losesContent: boolean;
  /** An image was dropped undecoded, as it was asked to. */
  dropsImages: boolean;
}

/** Cut or damaged streams, what can't be unpacked, and drawing that ended or left something out at an error. */
const LOSS =
  /flate stream|^Warning: (?:getOperatorList - ignoring (?:errors|XObject|annotation data)|getContentStream - ignoring|Invalid stream|Unterminated string|Filter ")/;
/** A form that draws itself is left out where it would begin again: nothing of it is lost. */
const NO_LOSS = /circular reference/;
const IMAGE = /^Warning: Image exceeded maximum allowed size/;

const scopes = new AsyncLocalStorage<Notices>();
let isListening = false;

/** pdfjs tells what it ignores on the console and nowhere else; what others write there is passed on. */
function beginListening(): void {
  if (isListening) return;
  isListening = true;
  for (const level of ['info', 'warn'] as const) {
    const write = console[level].bind(console);
    console[level] = (...told: unknown[]) => {
      const notices = scopes.getStore();
      if (notices === undefined) write(...told);
      else note(notices, String(told[0]));
    };
  }
}

function note(notices: Notices, message: string): void {
  if (IMAGE.test(message)) notices.dropsImages = true;
  else if (LOSS.test(message) && !NO_LOSS.test(message)) notices.losesContent = true;
}

/** Calls pdfjs and listens to what it says in the course of it; nothing of that reaches the console. */
export function listen<Result>(call: () => Result, notices = newNotices()): Result {
  beginListening();
  return scopes.run(notices, call);
}

export const newNotices = (): Notices => ({ losesContent: false, dropsImages: false });
