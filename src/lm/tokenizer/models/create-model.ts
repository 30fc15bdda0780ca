import { type Settings, unknownKind } from '../shared/definition.js';
import { bpeModel } from './bpe.js';
import type { PieceModel } from './types.js';
import { unigramModel } from './unigram.js';
import { wordLevelModel, wordPieceModel } from './word-models.js';

/** The model of a tokenizer.json. Old files do not say which it is. */
export function createModel(settings: Settings): PieceModel {
  switch (settings.type ?? guessType(settings)) {
    case 'BPE':
      return bpeModel(settings);
    case 'WordPiece':
      return wordPieceModel(settings);
    case 'WordLevel':
      return wordLevelModel(settings);
    case 'Unigram':
      return unigramModel(settings);
    default:
      throw unknownKind('model', settings);
  }
}

function guessType({ vocab, merges, continuing_subword_prefix }: Settings): string | undefined {
  if (merges !== undefined) return 'BPE';
  if (Array.isArray(vocab)) return 'Unigram';
  if (vocab === undefined) return undefined;
  return continuing_subword_prefix === undefined ? 'WordLevel' : 'WordPiece';
}
