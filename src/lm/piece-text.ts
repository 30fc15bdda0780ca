import { byteOfCharacter } from './tokenizer/shared/characters.js';

/**
 * The text that a piece of a vocabulary stands for. Byte-level vocabularies write a byte that is no visible character as another
 * letter (`Ġ` is a space, `Ċ` a new line), SentencePiece writes a space as `▁`.
 */
export function pieceText(piece: string): string {
  return readBytes(piece) ?? piece.replaceAll('▁', ' ');
}

/** What the bytes spell; undefined where the piece is not of such a vocabulary, or ends within a character. */
function readBytes(piece: string): string | undefined {
  const bytes = Array.from(piece, byteOfCharacter);
  if (!bytes.every((byte) => byte !== undefined)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
