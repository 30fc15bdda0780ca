import { byteOfCharacter } from '../tokenizer/shared/characters.js';

/** How a vocabulary spells its tokens. */
export type PieceSpelling = 'byte-level' | 'metaspace' | 'wordpiece';

/**
 * The bytes a vocabulary piece stands for. Byte-level BPE (GPT-2) writes each byte as one printable character;
 * SentencePiece writes a space as ▁ and a lone byte as <0x0A>; WordPiece marks the inside of a word with ##.
 */
export function pieceBytes(piece: string, spelling: PieceSpelling): Uint8Array {
  if (spelling === 'byte-level') return byteLevelBytes(piece) ?? new TextEncoder().encode(piece);
  if (spelling === 'wordpiece') return new TextEncoder().encode(piece.replace(/^##/, ''));
  const byte = /^<0x([0-9A-F]{2})>$/.exec(piece);
  if (byte) return Uint8Array.of(Number.parseInt(byte[1]!, 16));
  return new TextEncoder().encode(piece.replaceAll('▁', ' '));
}

function byteLevelBytes(piece: string): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const character of piece) {
    const byte = byteOfCharacter(character);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
