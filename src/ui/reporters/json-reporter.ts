import type { Reporter } from '../../events.js';
import { toVisibleJson } from '../../visible-json.js';
import { type OutputStream, quietWriter } from '../quiet-writer.js';

/** Writes every event as one line of JSON, unchanged when parsed. */
export function createJsonReporter(stream: OutputStream): Reporter {
  const write = quietWriter(stream);
  let written: Promise<void> = Promise.resolve();
  return {
    report(event) {
      written = write(`${toVisibleJson(event)}\n`);
    },
    close: () => written,
  };
}
