import { createHash } from 'node:crypto';
import { controlCharacterError, findControlByte } from './control-characters.js';
import { noRows, type ReadTableOptions } from './read-table.js';
import type { Table } from './table.js';
import { decodeText } from './text/decode-text.js';
import { whereAt } from './text/text-position.js';

/** A text per line as a table of one column: nothing in a line is a separator or a quote. Blank lines are left out. */
export function parseLines(raw: Buffer, file: string, column: string, options: ReadTableOptions = {}): Table {
  const { bytes, warning } = decodeText(raw, file, options.encoding);
  const offset = options.allowControl ? -1 : findControlByte(bytes);
  if (offset !== -1) throw controlCharacterError(bytes.readUInt8(offset), whereAt(file, bytes, offset));
  const rows = bytes
    .toString('utf8')
    .split(/\r\n|\r|\n/)
    .map((text, i) => ({ line: i + 1, values: [text] }))
    .filter(({ values }) => values[0]?.trim() !== '');
  if (rows.length === 0) throw noRows(file, raw.length);
  const warnings = warning === undefined ? [] : [warning];
  return { file, columns: [column], rows, warnings, sha256: createHash('sha256').update(raw).digest('hex') };
}
