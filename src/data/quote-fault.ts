/** What is wrong with the quotes of a CSV record, as byte offsets. */
export type QuoteFault =
  | { readonly kind: 'unclosed'; readonly opened: number }
  | { readonly kind: 'text-after-quote'; readonly opened: number; readonly at: number }
  | { readonly kind: 'stray'; readonly at: number };

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Finds the first fault in the quoting from the start of a record on. The CSV parser tells where it gave up, which
 * after a missing quote can be thousands of lines further down; the user needs the place where the quote opened.
 */
export function findQuoteFault(bytes: Buffer, start: number, delimiter: string): QuoteFault | undefined {
  const delimiterByte = delimiter.charCodeAt(0);
  const endsField = (byte: number | undefined) =>
    byte === undefined || byte === delimiterByte || byte === LINE_FEED || byte === CARRIAGE_RETURN;
  let offset = start;
  while (offset < bytes.length) {
    if (bytes[offset] === QUOTE) {
      const closing = findClosingQuote(bytes, offset + 1);
      if (closing === -1) return { kind: 'unclosed', opened: offset };
      if (!endsField(bytes[closing + 1])) return { kind: 'text-after-quote', opened: offset, at: closing + 1 };
      offset = closing + 1;
    }
    for (; !endsField(bytes[offset]); offset++) if (bytes[offset] === QUOTE) return { kind: 'stray', at: offset };
    offset++;
  }
  return undefined;
}

function findClosingQuote(bytes: Buffer, from: number): number {
  let offset = bytes.indexOf(QUOTE, from);
  while (offset !== -1 && bytes[offset + 1] === QUOTE) offset = bytes.indexOf(QUOTE, offset + 2);
  return offset;
}
