import { join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { systemErrorOf } from '../../files/io-error.js';
import { readOrdinaryText } from '../../files/read-ordinary.js';
import { giveWay } from '../../give-way.js';
import { isGgufFile, readGguf } from '../gguf/gguf-file.js';
import { ggufTokenizer } from '../gguf/gguf-tokenizer.js';
import { createDecoder, type Decode } from '../tokenizer/decoder.js';
import { MissingUnknownToken } from '../tokenizer/models/vocabulary.js';
import { UnsupportedTokenizer } from '../tokenizer/shared/definition.js';
import { createTokenizerEngine, type TokenizerEngine } from '../tokenizer/tokenize.js';
import { type SpecialTokenFiles, specialTokenIds, tokenContent } from './special-tokens.js';
import { type PieceSpelling, pieceBytes } from './token-bytes.js';
import { type Deadline, tokenizerDeadline } from './tokenizer-deadline.js';
import type { Tokenizer } from './types.js';

type Json = Record<string, unknown>;

/** The largest known has some thirty megabytes. */
const MAX_TOKENIZER_BYTES = 256 * 1024 * 1024;

/**
 * Loads the tokenizer of a model folder (tokenizer.json, and the names of its special tokens), or that of a GGUF file.
 */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  if (isGgufFile(folder)) {
    const { definition, named } = ggufTokenizer(readGguf(folder));
    return createTokenizer(definition, { named, generation: {} }, folder);
  }
  const path = join(folder, 'tokenizer.json');
  const definition = await readJson(path);
  if (definition === undefined) throw missingTokenizer(path);
  const config = (await readJson(join(folder, 'tokenizer_config.json'))) ?? {};
  const named = { ...(await readJson(join(folder, 'special_tokens_map.json'))), ...config };
  const generation = (await readJson(join(folder, 'generation_config.json'))) ?? {};
  return createTokenizer(definition, { named, generation }, path);
}

/** Takes a tenth of a second with fifty thousand tokens, in pieces between which keys and screen have their turn. */
async function createTokenizer(definition: Json, files: SpecialTokenFiles, path: string): Promise<Tokenizer> {
  try {
    await giveWay();
    const engine = createTokenizerEngine(definition);
    await giveWay();
    const parts = { engine, decode: createDecoder(definition), definition, files };
    return wrapTokenizer(parts, tokenizerDeadline(definition, path));
  } catch (cause) {
    if (cause instanceof UnsupportedTokenizer) throw unsupportedTokenizer(path, cause);
    throw badTokenizer(path, `this tokenizer cannot be used: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
}

interface TokenizerParts {
  readonly engine: TokenizerEngine;
  readonly decode: Decode;
  readonly definition: Json;
  readonly files: SpecialTokenFiles;
}

function wrapTokenizer({ engine, decode, definition, files }: TokenizerParts, within: Deadline): Tokenizer {
  const spelling = pieceSpelling(definition);
  const pieces: (string | undefined)[] = [];
  for (const [piece, id] of engine.ids) pieces[id] = piece;
  const added = new Map(engine.addedTokens.map((token) => [token.id, token]));
  const idOf = (...keys: string[]) => {
    const token = keys.map((key) => tokenContent(files.named[key])).find((content) => content !== undefined);
    return token === undefined ? undefined : engine.ids.get(token);
  };
  const tokenizer = {
    vocabularySize: pieces.length,
    bosTokenId: idOf('bos_token', 'cls_token'),
    eosTokenId: idOf('eos_token', 'sep_token'),
    padTokenId: idOf('pad_token'),
    maskTokenId: idOf('mask_token'),
  };
  const special = specialTokenIds(engine, files);
  const encode = (text: string) => (text === '' ? [] : within(() => encodeText(engine, text), text.length));
  return {
    ...tokenizer,
    specialTokenIds: special,
    encode: (text, options = {}) => (options.special ? [...engine.withSpecial(encode(text))] : encode(text)),
    decode: (tokenIds) =>
      tokenIds.length === 0 ? '' : within(() => decode(tokenIds.flatMap((id) => pieces[id] ?? [])), tokenIds.length),
    piece: (tokenId) => pieces[tokenId] ?? `[unused ${tokenId}]`,
    bytes: (tokenId) => {
      if (special.has(tokenId)) return undefined;
      const piece = pieces[tokenId];
      if (piece === undefined) return undefined;
      return added.has(tokenId) ? new TextEncoder().encode(piece) : pieceBytes(piece, spelling);
    },
  };
}

function encodeText(engine: TokenizerEngine, text: string): number[] {
  try {
    return engine.encode(text);
  } catch (cause) {
    if (!(cause instanceof MissingUnknownToken)) throw cause;
    throw new RlpromptError({
      code: 'E_TOKENIZER_UNKNOWN',
      exit: 'data',
      message: `the tokenizer has no token for a part of ${JSON.stringify(text.slice(0, 60))}, and no unknown token`,
      next: 'use a model with a byte-level tokenizer, or take the text out',
      cause,
    });
  }
}

function pieceSpelling(definition: Json): PieceSpelling {
  if (JSON.stringify(definition.decoder ?? null).includes('"ByteLevel"')) return 'byte-level';
  if (JSON.stringify(definition.pre_tokenizer ?? null).includes('"ByteLevel"')) return 'byte-level';
  return (definition.model as Json | undefined)?.type === 'WordPiece' ? 'wordpiece' : 'metaspace';
}

async function readJson(path: string): Promise<Json | undefined> {
  let text: string;
  try {
    text = readOrdinaryText(path, MAX_TOKENIZER_BYTES);
  } catch (cause) {
    if (cause instanceof RlpromptError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw systemErrorOf(cause) ?? badTokenizer(path, 'this tokenizer file cannot be read', cause);
  }
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    const what = text.startsWith('version https://git-lfs') ? 'a Git LFS pointer, not the file itself' : 'not JSON';
    throw badTokenizer(path, `this tokenizer file is ${what}`, cause);
  }
}

function missingTokenizer(path: string): RlpromptError {
  return new RlpromptError({
    code: 'E_TOKENIZER_MISSING',
    exit: 'missingInput',
    message: 'the model folder has no tokenizer.json',
    where: path,
    next: "save it with transformers: AutoTokenizer.from_pretrained('…').save_pretrained('…')",
  });
}

function unsupportedTokenizer(path: string, cause: UnsupportedTokenizer): RlpromptError {
  return new RlpromptError({
    code: 'E_TOKENIZER_UNSUPPORTED',
    exit: 'data',
    message: `this tokenizer cannot be read as the Python library reads it: ${cause.message}`,
    where: path,
    next: 'choose a model whose tokenizer does without it, or put the model behind an endpoint',
    cause,
  });
}

function badTokenizer(path: string, message: string, cause: unknown): RlpromptError {
  return new RlpromptError({
    code: 'E_TOKENIZER_INVALID',
    exit: 'data',
    message,
    where: path,
    next: 'fetch the model folder again',
    cause,
  });
}

/**
 * A tokenizer as far as a model has rows for it; a wider head is padding. Special tokens past the last row, for instance
 * of images, are left out, and refused in a text. A tokenizer with other tokens past it does not belong to the model.
 */
export function fitTokenizer(tokenizer: Tokenizer, headWidth: number, where: string): Tokenizer {
  const { vocabularySize, specialTokenIds } = tokenizer;
  if (vocabularySize <= headWidth) return tokenizer;
  for (let id = headWidth; id < vocabularySize; id++) {
    if (!specialTokenIds.has(id)) throw tooManyTokens(vocabularySize, headWidth, where);
  }
  return {
    ...tokenizer,
    vocabularySize: headWidth,
    encode: (text, options) => {
      const ids = tokenizer.encode(text, options);
      const past = ids.find((id) => id >= headWidth);
      if (past !== undefined) throw noRow(tokenizer.piece(past), where);
      return ids;
    },
  };
}

function tooManyTokens(count: number, headWidth: number, where: string): RlpromptError {
  return new RlpromptError({
    code: 'E_TOKENIZER_MISMATCH',
    exit: 'data',
    message: `the tokenizer has ${count} tokens, the model only ${headWidth}`,
    where,
    next: 'use the tokenizer.json that came with the model',
  });
}

function noRow(piece: string, where: string): RlpromptError {
  return new RlpromptError({
    code: 'E_TOKENIZER_UNKNOWN',
    exit: 'data',
    message: `a text holds the special token ${JSON.stringify(piece)}, which this model has no row for`,
    where,
    next: 'take the token out of the text',
  });
}
