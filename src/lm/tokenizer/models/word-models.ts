import { type Settings, textOf } from '../shared/definition.js';
import type { PieceModel } from './types.js';
import { MissingUnknownToken, vocabularyOf } from './vocabulary.js';

/** One token per piece. */
export function wordLevelModel(settings: Settings): PieceModel {
  const ids = vocabularyOf(settings);
  const unknown = ids.get(textOf(settings, 'unk_token', '<unk>'));
  return { ids, encode: (piece, into) => into.push(known(ids.get(piece) ?? unknown, piece)) };
}

/** The longest token first, then the longest that continues it; a piece that does not come out is unknown as a whole. */
export function wordPieceModel(settings: Settings): PieceModel {
  const ids = vocabularyOf(settings);
  const unknown = ids.get(textOf(settings, 'unk_token', '[UNK]'));
  const prefix = textOf(settings, 'continuing_subword_prefix', '##');
  const longest = Number(settings.max_input_chars_per_word ?? 100);
  const lengths = new LongestTokens(ids, prefix);
  const words = new Map<string, readonly number[]>();
  const encode = (piece: string, into: number[]) => {
    if (piece.length > longest && [...piece].length > longest) {
      into.push(known(unknown, piece));
      return;
    }
    const whole = ids.get(piece);
    if (whole !== undefined) {
      into.push(whole);
      return;
    }
    let tokens = words.get(piece);
    if (!tokens) {
      tokens = cut(piece);
      if (words.size >= REMEMBERED) words.clear();
      words.set(piece, tokens);
    }
    for (const id of tokens) into.push(id);
  };
  const cut = (piece: string): number[] => {
    const tokens: number[] = [];
    for (let start = 0; start < piece.length; ) {
      let end = Math.min(piece.length, start + lengths.at(piece, start));
      let id: number | undefined;
      for (; end > start; end--) {
        const part = piece.slice(start, end);
        id = ids.get(start > 0 ? prefix + part : part);
        if (id !== undefined) break;
      }
      if (id === undefined) return [known(unknown, piece)];
      tokens.push(id);
      start = end;
    }
    return tokens;
  };
  return { ids, encode };
}

/** Words in several tokens whose tokens are kept: texts say the same words again and again. */
const REMEMBERED = 20_000;

/** The longest token, in UTF-16 units, that a word's rest can begin with, by its first unit. */
class LongestTokens {
  private readonly first = new Map<number, number>();
  private readonly continuing = new Map<number, number>();

  constructor(ids: ReadonlyMap<string, number>, prefix: string) {
    for (const token of ids.keys()) {
      note(this.first, token);
      if (token.startsWith(prefix)) note(this.continuing, token.slice(prefix.length));
    }
  }

  at(word: string, start: number): number {
    return (start === 0 ? this.first : this.continuing).get(word.charCodeAt(start)) ?? 0;
  }
}

function note(lengths: Map<number, number>, token: string): void {
  const unit = token.charCodeAt(0);
  lengths.set(unit, Math.max(lengths.get(unit) ?? 0, token.length));
}

function known(id: number | undefined, piece: string): number {
  if (id === undefined) throw new MissingUnknownToken(piece);
  return id;
}
