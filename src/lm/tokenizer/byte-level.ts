import { toByteCharacters } from './shared/characters.js';
import { inUnicode16 } from './shared/older-unicode.js';
import { cutPiece, mapPiece, type Piece } from './split.js';

/** GPT-2's expression. It leaves no character out, so each word begins where the one before it ends. */
const WORD =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/uy;

/** A piece that was cut, its words, and where each of them ends. */
interface CutPiece {
  readonly piece: Piece;
  readonly words: readonly Piece[];
  readonly ends: readonly number[];
}

/** Code units by which a piece that begins alike is found. */
const BEGINNING = 24;
const MOST_BEGINNINGS = 256;
const beginnings = new Map<string, CutPiece>();

/**
 * Cuts pieces into the words of GPT-2, in byte characters. They are found by position alone, since an object for each match would take
 * longer than the search. A step asks for the same inputs before many prompts: the words of a beginning are not looked for again.
 */
export function byteWords(pieces: readonly Piece[]): readonly Piece[] {
  const [only] = pieces;
  return only && pieces.length === 1 ? wordsOf(only) : pieces.flatMap(wordsOf);
}

function wordsOf(piece: Piece): readonly Piece[] {
  const isLong = piece.text.length > BEGINNING;
  const beginning = piece.text.slice(0, BEGINNING);
  const before = isLong ? beginnings.get(beginning) : undefined;
  const known = before ? wordsInCommon(before, piece) : 0;
  const words = before ? before.words.slice(0, known) : [];
  const ends = before ? before.ends.slice(0, known) : [];
  const done = ends.at(-1) ?? 0;
  const text = inUnicode16(piece.text.slice(done));
  for (let start = 0; start < text.length; ) {
    WORD.lastIndex = start;
    const end = WORD.test(text) ? WORD.lastIndex : text.length;
    words.push(mapPiece(cutPiece(piece, done + start, done + end), wordInByteCharacters));
    ends.push(done + end);
    start = end;
  }
  if (isLong) {
    if (beginnings.size >= MOST_BEGINNINGS) beginnings.clear();
    beginnings.set(beginning, { piece, words, ends });
  }
  return words;
}

/**
 * How many words two pieces begin with alike. A word ends where it does because of the characters up to the end of the word
 * after it: blanks leave their last one to that.
 */
function wordsInCommon({ piece, ends }: CutPiece, { text, fromFirst }: Piece): number {
  if (fromFirst !== piece.fromFirst) return 0;
  const most = Math.min(text.length, piece.text.length);
  let common = 0;
  while (common < most && text.charCodeAt(common) === piece.text.charCodeAt(common)) common++;
  const reached = ends.findIndex((end) => end >= common);
  return Math.max(0, (reached < 0 ? ends.length : reached) - 1);
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
