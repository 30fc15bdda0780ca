import { readOrdinary } from '../../files/read-ordinary.js';

const MOST_PHRASES = 10_000;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Phrases of a text file, one a line; blank lines and repeats are left out.
 *
 * @throws Error that says what is wrong with the file
 */
export function readPhrases(path: string): string[] {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(readOrdinary(path, MOST_BYTES));
  const phrases = [...new Set(text.split(/\r?\n/).map((line) => line.trim()))].filter(Boolean);
  if (phrases.length < 2) throw new Error(`it holds ${phrases.length} phrases; there is something to choose from 2 on`);
  if (phrases.length > MOST_PHRASES) throw new Error(`it holds ${phrases.length} phrases, more than ${MOST_PHRASES}`);
  return phrases;
}
