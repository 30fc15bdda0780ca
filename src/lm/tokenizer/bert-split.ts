import { isPunctuation, isWhitespace } from './shared/characters.js';
import { cutPiece, type Piece } from './split.js';

type CharacterClass = 'unknown' | 'letter' | 'blank' | 'mark';

/** What was found out of each character of the first plane: patterns are slow, and texts use few characters. */
const CLASSES = new Uint8Array(0x10000);
const NAMES: readonly CharacterClass[] = ['unknown', 'letter', 'blank', 'mark'];

/** BERT's words: blanks go, each punctuation mark is by itself. One pass over a text. */
export function splitWords(pieces: readonly Piece[]): Piece[] {
  const words: Piece[] = [];
  for (const piece of pieces) {
    const { text } = piece;
    let begin = 0;
    const close = (end: number): void => {
      if (begin < end) words.push(cutPiece(piece, begin, end));
    };
    for (let at = 0; at < text.length; ) {
      const code = text.codePointAt(at) as number;
      const next = at + (code > 0xffff ? 2 : 1);
      const kind = classOf(code);
      if (kind !== 'letter') {
        close(at);
        begin = at;
        if (kind === 'mark') close(next);
        begin = next;
      }
      at = next;
    }
    close(text.length);
  }
  return words;
}

function classOf(code: number): CharacterClass {
  const known = code < CLASSES.length ? NAMES[CLASSES[code] as number] : undefined;
  if (known !== undefined && known !== 'unknown') return known;
  const character = String.fromCodePoint(code);
  const found = isWhitespace(character) ? 'blank' : isPunctuation(character) ? 'mark' : 'letter';
  if (code < CLASSES.length) CLASSES[code] = NAMES.indexOf(found);
  return found;
}
