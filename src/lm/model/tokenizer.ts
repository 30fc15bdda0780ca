import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RlpromptError } from '../../errors.js';
import { type PieceSpelling, pieceBytes } from './token-bytes.js';
import { type Deadline, tokenizerDeadline } from './tokenizer-deadline.js';
import type { Tokenizer } from './types.js';

type Json = Record<string, unknown>;

/**
 * Loads the tokenizer of a model folder (tokenizer.json, and the names of its special tokens).
 * Only the tokenizer library is imported, not the whole of transformers.js, which takes twenty times as long.
 */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const path = join(folder, 'tokenizer.json');
  const definition = await readJson(path);
  if (definition === undefined) throw missingTokenizer(path);
  const config = (await readJson(join(folder, 'tokenizer_config.json'))) ?? {};
  const named = { ...(await readJson(join(folder, 'special_tokens_map.json'))), ...config };
  const { Tokenizer: HubTokenizer } = await import('@huggingface/tokenizers');
  try {
    const library = new HubTokenizer({ added_tokens: [], ...definition }, config);
    return wrapTokenizer(library, { definition, named, within: tokenizerDeadline(definition, path) });
  } catch (cause) {
    throw badTokenizer(path, `this tokenizer cannot be used: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
}

interface LibraryTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: (number | undefined)[] };
  decode(ids: number[], options: { skip_special_tokens: boolean; clean_up_tokenization_spaces: boolean }): string;
  token_to_id(token: string): number | undefined;
  id_to_token(id: number): string | undefined;
  get_vocab(): Map<string, number>;
}

interface TokenizerFiles {
  readonly definition: Json;
  /** The names of special tokens. */
  readonly named: Json;
  readonly within: Deadline;
}

function wrapTokenizer(library: LibraryTokenizer, { definition, named, within }: TokenizerFiles): Tokenizer {
  const spelling = pieceSpelling(definition);
  const added = new Map((definition.added_tokens as AddedToken[] | undefined)?.map((token) => [token.id, token]));
  const idOf = (...keys: string[]) => {
    const token = keys.map((key) => tokenContent(named[key])).find((content) => content !== undefined);
    return token === undefined ? undefined : library.token_to_id(token);
  };
  const tokenizer = {
    vocabularySize: largestId(library.get_vocab().values()) + 1,
    bosTokenId: idOf('bos_token', 'cls_token'),
    eosTokenId: idOf('eos_token', 'sep_token'),
    padTokenId: idOf('pad_token'),
    maskTokenId: idOf('mask_token'),
  };
  const specialTokenIds = new Set<number>(
    [...added.values()].filter((token) => token.special).map((token) => token.id),
  );
  for (const key of SPECIAL_KEYS) {
    const id = idOf(key);
    if (id !== undefined) specialTokenIds.add(id);
  }
  return {
    ...tokenizer,
    specialTokenIds,
    encode: (text, options = {}) =>
      text === '' && !options.special
        ? []
        : knownIds(
            within(() => library.encode(text, { add_special_tokens: options.special ?? false }).ids, text.length),
            text,
          ),
    decode: (tokenIds) =>
      tokenIds.length === 0 ? '' : within(() => library.decode([...tokenIds], DECODE_ALL), tokenIds.length),
    piece: (tokenId) => library.id_to_token(tokenId) ?? `[unused ${tokenId}]`,
    bytes: (tokenId) => {
      if (specialTokenIds.has(tokenId)) return undefined;
      const piece = library.id_to_token(tokenId);
      if (piece === undefined) return undefined;
      return added.has(tokenId) ? new TextEncoder().encode(piece) : pieceBytes(piece, spelling);
    },
  };
}

const DECODE_ALL = { skip_special_tokens: false, clean_up_tokenization_spaces: false };

const SPECIAL_KEYS = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special?: boolean;
}

function largestId(ids: Iterable<number>): number {
  let largest = -1;
  for (const id of ids) largest = Math.max(largest, id);
  return largest;
}

function tokenContent(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'content' in value) return String(value.content);
  return undefined;
}

function knownIds(ids: readonly (number | undefined)[], text: string): number[] {
  if (ids.every((id) => id !== undefined)) return ids as number[];
  throw new RlpromptError({
    code: 'E_TOKENIZER_UNKNOWN',
    exit: 'data',
    message: `the tokenizer has no token for a part of ${JSON.stringify(text.slice(0, 60))}, and no unknown token`,
    next: 'use a model with a byte-level tokenizer, or take the text out',
  });
}

function pieceSpelling(definition: Json): PieceSpelling {
  if (JSON.stringify(definition.decoder ?? null).includes('"ByteLevel"')) return 'byte-level';
  if (JSON.stringify(definition.pre_tokenizer ?? null).includes('"ByteLevel"')) return 'byte-level';
  return (definition.model as Json | undefined)?.type === 'WordPiece' ? 'wordpiece' : 'metaspace';
}

async function readJson(path: string): Promise<Json | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw badTokenizer(path, 'this tokenizer file cannot be read', cause);
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
 * Refuses a tokenizer that does not belong to a model: every id must have a column in the head or a row in the
 * embedding. A wider head is padding.
 */
export function checkTokenizerFits(tokenizer: Tokenizer, headWidth: number, where: string): void {
  if (tokenizer.vocabularySize <= headWidth) return;
  throw new RlpromptError({
    code: 'E_TOKENIZER_MISMATCH',
    exit: 'data',
    message: `the tokenizer has ${tokenizer.vocabularySize} tokens, the model only ${headWidth}`,
    where,
    next: 'use the tokenizer.json that came with the model',
  });
}
