import type { Reporter } from '../../events.js';
import { type OutputStream, quietWriter } from '../quiet-writer.js';

// JSON leaves these as they are, and a terminal that shows the lines would obey or hide them.
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Writes every event as one line of JSON, unchanged when parsed. */
export function createJsonReporter(stream: OutputStream): Reporter {
  const write = quietWriter(stream);
  let written: Promise<void> = Promise.resolve();
  return {
    report(event) {
      written = write(`${JSON.stringify(event).replace(UNSEEN, escapeUnit)}\n`);
    },
    close: () => written,
  };
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
