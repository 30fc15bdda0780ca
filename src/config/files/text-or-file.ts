import { readFileSync, statSync } from 'node:fs';
import { isThere } from '../../files/read/is-there.js';

const LARGEST_FILE = 64 * 1024;

/**
 * The text that a setting gives, or that of the file it names.
 *
 * @throws Error that says what is wrong with the file
 */
function readTextOrFile(given: string): string {
  if (given.includes('\n') || !isThere(given)) return given;
  const file = statSync(given);
  if (!file.isFile()) throw new Error('it is no file');
  if (file.size > LARGEST_FILE) throw new Error(`it has ${file.size} bytes, more than ${LARGEST_FILE}`);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(given)).trim();
  if (text === '') throw new Error('it is empty');
  return text;
}

/**
 * The lines of a text, or of the file it names.
 *
 * @throws Error as `readTextOrFile`
 */
export function readLines(given: string): string[] {
  return readTextOrFile(given).split(/\r?\n/);
}

/** Words between commas, or one a line of the file that is named. */
export function readWords(given: string): string[] {
  const text = readTextOrFile(given);
  const words = text.split(text === given ? ',' : /\r?\n/).map((word) => word.trim());
  const kept = words.filter((word) => word !== '');
  if (kept.length === 0) throw new Error('there is no word');
  return kept;
}
