/**
 * The text that a piece of a vocabulary stands for. Byte-level vocabularies write a byte that is no visible character as another
 * letter (`Ġ` is a space, `Ċ` a new line), SentencePiece writes a space as `▁`.
 */
export function pieceText(piece: string): string {
  return readBytes(piece) ?? piece.replaceAll('▁', ' ');
}

/** What the bytes spell; undefined where the piece is not of such a vocabulary, or ends within a character. */
function readBytes(piece: string): string | undefined {
  const bytes = [...piece].map((letter) => BYTE_OF.get(letter));
  if (!bytes.every((byte) => byte !== undefined)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

const BYTE_OF: ReadonlyMap<string, number> = byteLetters();

/** The 256 letters of GPT-2's vocabulary: visible Latin-1 characters are themselves, other bytes follow from U+0100 on. */
function byteLetters(): Map<string, number> {
  const letters = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const isItself = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
    letters.set(String.fromCharCode(isItself ? byte : next++), byte);
  }
  return letters;
}
