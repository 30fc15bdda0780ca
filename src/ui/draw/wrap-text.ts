import { safeText } from './safe-text.js';
import { widthOf } from './text-width.js';

/** Lines of at most `width` columns, broken between words; a longer word is broken within. */
export function wrapText(text: string, width: number, longest?: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of safeText(text, longest).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const character of word) {
      if (widthOf(line + character) > width) {
        lines.push(line);
        line = '';
      }
      line += character;
    }
  }
  return [...lines, line];
}
