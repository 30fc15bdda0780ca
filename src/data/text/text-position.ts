const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Number of line ends in `bytes[from, to)`; CRLF counts once, a lone CR counts too. */
export function countLineEnds(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let offset = from; offset < to; offset++) {
    const byte = bytes[offset];
    if (byte === LINE_FEED || (byte === CARRIAGE_RETURN && bytes[offset + 1] !== LINE_FEED)) count++;
  }
  return count;
}

/** Where a byte stands in a UTF-8 text: line and column, both from 1, the column in characters. */
export function positionAt(bytes: Buffer, offset: number): { line: number; column: number } {
  let lineStart = offset;
  while (lineStart > 0 && bytes[lineStart - 1] !== LINE_FEED && bytes[lineStart - 1] !== CARRIAGE_RETURN) lineStart--;
  const column = [...bytes.toString('utf8', lineStart, offset)].length + 1;
  return { line: countLineEnds(bytes, 0, lineStart) + 1, column };
}

/** `file:line:column`, as editors and terminals link it. */
export function whereAt(file: string, bytes: Buffer, offset: number): string {
  const { line, column } = positionAt(bytes, offset);
  return `${file}:${line}:${column}`;
}
