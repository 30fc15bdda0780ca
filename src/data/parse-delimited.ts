import { CsvError, parse } from 'csv-parse/sync';
import { RlpromptError } from '../errors.js';
import { findQuoteFault } from './quote-fault.js';
import type { TableRow } from './table.js';
import { countLineEnds, whereAt } from './text/text-position.js';

/** A larger record is refused: it is most often a quote that never closes and would swallow the file. */
export const MAX_RECORD_BYTES = 1024 * 1024;

export interface DelimitedFormat {
  readonly delimiter: string;
  /** TSV files know no quoting: a quote there is plain text. */
  readonly quoted: boolean;
  /** Bytes of a first line that names the separator, such as `sep=;`; without its line end. */
  readonly preamble: number;
}

/**
 * The format of a CSV file, by the separator that its first line names, or else that the first one which is not empty holds
 * most of; TSV files are what they say.
 */
export function delimitedFormat(bytes: Buffer, extension: string): DelimitedFormat {
  if (extension === '.tsv') return { delimiter: '\t', quoted: false, preamble: 0 };
  const begin = bytes.toString('utf8', 0, MAX_RECORD_BYTES);
  const [firstLine = ''] = begin.split(/[\r\n]/, 1);
  const named = /^"?sep=([ -~\t])"?$/i.exec(firstLine)?.[1];
  if (named !== undefined) return { delimiter: named, quoted: true, preamble: Buffer.byteLength(firstLine) };
  const [header = ''] = /[^\r\n]+/.exec(begin) ?? [];
  const unquoted = header.replaceAll(/"[^"]*"/g, '');
  const counted = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: unquoted.split(delimiter).length }));
  const { delimiter } = counted.reduce((most, other) => (other.count > most.count ? other : most));
  return { delimiter, quoted: true, preamble: 0 };
}

/** Reads every record of a CSV or TSV text, the header among them; the number of values is left to the caller. */
export function parseDelimited(text: Buffer, file: string, format: DelimitedFormat): TableRow[] {
  // What is left begins with the preamble's line end, so that lines are counted as in the file.
  const bytes = text.subarray(format.preamble);
  const rows: TableRow[] = [];
  const place = { offset: 0, line: 1 };
  try {
    parse(bytes, {
      delimiter: format.delimiter,
      quote: format.quoted ? '"' : false,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_RECORD_BYTES,
      on_record: (values: string[], context) => {
        skipLineEnds(bytes, place);
        rows.push({ line: place.line, values });
        // The parser's own line counter takes a CRLF inside quotes for two lines.
        place.line += countLineEnds(bytes, place.offset, context.bytes);
        place.offset = context.bytes;
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    skipLineEnds(bytes, place);
    throw recordError(error, bytes, file, format, place.offset);
  }
  return rows;
}

function skipLineEnds(bytes: Buffer, place: { offset: number; line: number }): void {
  const from = place.offset;
  while (bytes[place.offset] === 0x0a || bytes[place.offset] === 0x0d) place.offset++;
  place.line += countLineEnds(bytes, from, place.offset);
}

function recordError(
  cause: CsvError,
  bytes: Buffer,
  file: string,
  format: DelimitedFormat,
  recordStart: number,
): RlpromptError {
  const fault = format.quoted ? findQuoteFault(bytes, recordStart, format.delimiter) : undefined;
  if (cause.code === 'CSV_MAX_RECORD_SIZE') {
    const hint = fault?.kind === 'unclosed' ? 'the quote that opens here never closes' : 'is a closing quote missing?';
    return new RlpromptError({
      code: fault?.kind === 'unclosed' ? 'E_DATA_QUOTE' : 'E_DATA_RECORD_TOO_LARGE',
      exit: 'data',
      message: `the record is larger than ${MAX_RECORD_BYTES} bytes${format.quoted ? `; ${hint}` : ''}`,
      where: whereAt(file, bytes, fault?.kind === 'unclosed' ? fault.opened : recordStart),
      next: fault?.kind === 'unclosed' ? 'close the quote, or remove it' : 'shorten the row',
      cause,
    });
  }
  return quoteError(cause, bytes, file, fault, recordStart);
}

function quoteError(
  cause: CsvError,
  bytes: Buffer,
  file: string,
  fault: ReturnType<typeof findQuoteFault>,
  recordStart: number,
): RlpromptError {
  const report = (message: string, offset: number, next: string) =>
    new RlpromptError({
      code: 'E_DATA_QUOTE',
      exit: 'data',
      message,
      where: whereAt(file, bytes, offset),
      next,
      cause,
    });
  const double = 'write a quote inside a quoted field twice ("")';
  if (fault?.kind === 'unclosed') return report('the quote that opens here never closes', fault.opened, double);
  if (fault?.kind === 'text-after-quote') {
    const at = whereAt(file, bytes, fault.at);
    return report(`text follows the end of the quoted field that opens here, at ${at}`, fault.opened, double);
  }
  if (fault?.kind === 'stray') {
    return report('a quote inside an unquoted field', fault.at, `${double}, or save the file as .tsv`);
  }
  return report(`the record cannot be read (${cause.code})`, recordStart, 'check the quotes of this record');
}
