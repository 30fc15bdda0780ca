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
  const longestToken = longestKey(ids);
  const encode = (piece: string, into: number[]) => {
    const before = into.length;
    if (piece.length > longest && [...piece].length > longest) {
      into.push(known(unknown, piece));
      return;
    }
    for (let start = 0; start < piece.length; ) {
      let end = Math.min(piece.length, start + longestToken);
      let id: number | undefined;
      for (; end > start; end--) {
        const part = piece.slice(start, end);
        id = ids.get(start > 0 ? prefix + part : part);
        if (id !== undefined) break;
      }
      if (id === undefined) {
        into.length = before;
        into.push(known(unknown, piece));
        return;
      }
      into.push(id);
      start = end;
    }
  };
  return { ids, encode };
}

function longestKey(ids: ReadonlyMap<string, number>): number {
  let longest = 0;
  for (const key of ids.keys()) longest = Math.max(longest, key.length);
  return longest;
}

function known(id: number | undefined, piece: string): number {
  if (id === undefined) throw new MissingUnknownToken(piece);
  return id;
}
