import { statSync } from 'node:fs';
import { readOrdinary } from '../../files/read-ordinary.js';

const LARGEST_RUBRIC = 16 * 1024;

/**
 * Lines of a judge's rubric.
 *
 * @throws Error that says what is wrong with the file
 */
export function readRubric(path: string): string[] {
  const file = statSync(path);
  if (!file.isFile()) throw new Error('it is no file');
  if (file.size > LARGEST_RUBRIC) throw new Error(`it has ${file.size} bytes, more than ${LARGEST_RUBRIC}`);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(readOrdinary(path, LARGEST_RUBRIC)).trim();
  if (text === '') throw new Error('it is empty');
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text)) throw new Error('it holds control characters');
  return text.split(/\r?\n/).map((line) => line.trimEnd());
}
