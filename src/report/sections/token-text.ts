import { pieceText } from '../../lm/piece-text.js';

/** A piece of a vocabulary as people read it: a space is shown as `␣`, a new line as `⏎`. */
export function tokenText(piece: string): string {
  return pieceText(piece).replaceAll(' ', '␣').replaceAll('\n', '⏎').replaceAll('\t', '⇥');
}
