import { damaged, unsupported } from './gguf-error.js';
import type { GgufFile, GgufValue } from './gguf-file.js';
import { mergesOfScores } from './merges-of-scores.js';

type Json = Record<string, unknown>;

/** A tokenizer as tokenizer.json and tokenizer_config.json would have it. */
export interface TokenizerDescription {
  readonly definition: Json;
  readonly named: Json;
}

const UNKNOWN = 2;
const CONTROL = 3;
const USER_DEFINED = 4;

/** @throws RlpromptError E_GGUF, E_GGUF_UNSUPPORTED */
export function ggufTokenizer({ metadata, path }: GgufFile): TokenizerDescription {
  const value = (key: string) => metadata.get(`tokenizer.ggml.${key}`);
  const tokens = value('tokens');
  if (!isList(tokens, 'string')) throw damaged('it has no list of tokens', path);
  const types = value('token_type') ?? tokens.map(() => 1);
  if (!isList(types, 'number') || types.length !== tokens.length) throw damaged('its tokens lack their types', path);
  const named = namesOf(tokens, value, path);
  const model = value('model');
  const parts = { tokens, types, value, named, path };
  if (model === 'gpt2') return { named, definition: { ...byteLevel(parts), ...shared(parts, isLlama3(value('pre'))) } };
  if (model === 'llama') return { named, definition: { ...sentencePiece(parts), ...shared(parts, true) } };
  throw unsupported(`the tokenizer is of the kind ${JSON.stringify(model)}; read are gpt2 and llama`, path);
}

interface Parts {
  readonly tokens: readonly string[];
  readonly types: readonly number[];
  readonly value: (key: string) => GgufValue | undefined;
  readonly named: Json;
  readonly path: string;
}

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
/** Words, marks and blanks as Llama 3 and Qwen 2 split them; they differ in how many digits stand together. */
const splitWith = (digits: string) =>
  `${CONTRACTIONS}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
const BYTE_LEVEL = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };

const splitFirst = (pattern: string) => [
  { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
  { ...BYTE_LEVEL, use_regex: false },
];
const DIGITS_FIRST = [
  { type: 'Digits', individual_digits: true },
  { ...BYTE_LEVEL, use_regex: true },
];

/** How texts are split before they become tokens, by the names that files give it. */
const PRE_TOKENIZERS: Readonly<Record<string, readonly Json[]>> = {
  'gpt-2': [{ ...BYTE_LEVEL, use_regex: true }],
  smollm: DIGITS_FIRST,
  starcoder: DIGITS_FIRST,
  refact: DIGITS_FIRST,
  'llama-bpe': splitFirst(splitWith('\\p{N}{1,3}')),
  qwen2: splitFirst(splitWith('\\p{N}')),
};

function isLlama3(pre: GgufValue | undefined): boolean {
  return pre === 'llama-bpe';
}

function byteLevel({ tokens, value, path }: Parts): Json {
  const pre = value('pre');
  const pretokenizers = typeof pre === 'string' && Object.hasOwn(PRE_TOKENIZERS, pre) ? PRE_TOKENIZERS[pre] : undefined;
  if (!pretokenizers) {
    const known = Object.keys(PRE_TOKENIZERS).join(', ');
    throw unsupported(`texts are split in the way ${JSON.stringify(pre)}; known are ${known}`, path);
  }
  const merges = value('merges');
  if (!isList(merges, 'string')) throw damaged('it has no list of merges', path);
  return {
    normalizer: pre === 'qwen2' ? { type: 'NFC' } : null,
    pre_tokenizer: { type: 'Sequence', pretokenizers },
    decoder: BYTE_LEVEL,
    model: { type: 'BPE', vocab: vocabularyOf(tokens), merges, ignore_merges: isLlama3(pre) },
  };
}

function sentencePiece({ tokens, types, value, named, path }: Parts): Json {
  const scores = value('scores');
  if (!isList(scores, 'number') || scores.length !== tokens.length) throw damaged('its tokens lack their scores', path);
  const hasSpace = value('add_space_prefix') !== false;
  const blank = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  const decoders = [
    { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
    ...(hasSpace ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
  ];
  return {
    normalizer: { type: 'Sequence', normalizers: [...(hasSpace ? [{ type: 'Prepend', prepend: '▁' }] : []), blank] },
    pre_tokenizer: null,
    decoder: { type: 'Sequence', decoders },
    model: {
      ...{ type: 'BPE', vocab: vocabularyOf(tokens), merges: mergesOfScores(tokens, scores, types) },
      ...{ unk_token: named.unk_token ?? tokens[types.indexOf(UNKNOWN)], fuse_unk: true, byte_fallback: true },
    },
  };
}

/** What both kinds have: special tokens, and those that stand around a text. */
function shared({ tokens, types, value, named, path }: Parts, addsBos: boolean): Json {
  const isAdded = (type: number) => type === CONTROL || type === USER_DEFINED || type === UNKNOWN;
  const added_tokens = tokens.flatMap((content, id) => {
    const type = types[id] ?? 0;
    if (!isAdded(type)) return [];
    const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
    return [{ id, content, ...flags, special: type !== USER_DEFINED }];
  });
  const text = { Sequence: { id: 'A', type_id: 0 } };
  const around = (isWanted: boolean, token: unknown) => {
    if (!isWanted) return [];
    if (typeof token !== 'string') throw damaged('it wants a token around texts that it does not name', path);
    return [{ SpecialToken: { id: token, type_id: 0 } }];
  };
  const before = around((value('add_bos_token') ?? addsBos) === true, named.bos_token);
  const behind = around(value('add_eos_token') === true, named.eos_token);
  const special = [...before, ...behind].map(({ SpecialToken: { id } }) => id);
  const special_tokens = Object.fromEntries(special.map((id) => [id, { id, ids: [tokens.indexOf(id)], tokens: [id] }]));
  return {
    added_tokens,
    post_processor: { type: 'TemplateProcessing', single: [...before, text, ...behind], pair: [], special_tokens },
  };
}

/** The names of special tokens, by the names that tokenizer_config.json has for them. */
function namesOf(tokens: readonly string[], value: Parts['value'], path: string): Json {
  const keys = { bos_token: 'bos', eos_token: 'eos', unk_token: 'unknown', pad_token: 'padding' };
  return Object.fromEntries(
    Object.entries(keys).flatMap(([name, key]) => {
      const id = value(`${key}_token_id`);
      if (id === undefined) return [];
      const token = typeof id === 'number' ? tokens[id] : undefined;
      if (token === undefined) throw damaged(`its ${key} token has the id ${JSON.stringify(id)}`, path);
      return [[name, token]];
    }),
  );
}

function vocabularyOf(tokens: readonly string[]): Json {
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}

function isList(value: GgufValue | undefined, kind: 'string'): value is readonly string[];
function isList(value: GgufValue | undefined, kind: 'number'): value is readonly number[];
function isList(value: GgufValue | undefined, kind: 'string' | 'number'): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === kind);
}
