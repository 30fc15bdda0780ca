import { toByteCharacters } from './shared/characters.js';
import { inUnicode16 } from './shared/older-unicode.js';
import { cutPiece, mapPiece, type Piece } from './split.js';

/** GPT-2's expression. It leaves no character out, so each word begins where the one before it ends. */
const WORD =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/uy;

/**
 * Cuts pieces into the words of GPT-2, in byte characters. They are found by position alone, since an object for each match would take
 * longer than the search.
 */
export function byteWords(pieces: readonly Piece[]): Piece[] {
  const words: Piece[] = [];
  for (const piece of pieces) {
    const text = inUnicode16(piece.text);
    for (let start = 0; start < text.length; ) {
      WORD.lastIndex = start;
      const end = WORD.test(text) ? WORD.lastIndex : text.length;
      words.push(mapPiece(cutPiece(piece, start, end), wordInByteCharacters));
      start = end;
    }
  }
  return words;
}

const MOST_KEPT = 10_000;
const kept = new Map<string, string>();

/** `toByteCharacters` for words, which come again and again. */
function wordInByteCharacters(word: string): string {
  const known = kept.get(word);
  if (known !== undefined) return known;
  const characters = toByteCharacters(word);
  if (kept.size < MOST_KEPT) kept.set(word, characters);
  return characters;
}
