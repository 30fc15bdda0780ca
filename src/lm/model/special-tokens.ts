import type { TokenizerEngine } from '../tokenizer/tokenize.js';

type Json = Readonly<Record<string, unknown>>;

/** What the files beside tokenizer.json say about special tokens. */
export interface SpecialTokenFiles {
  /** Of tokenizer_config.json and special_tokens_map.json. */
  readonly named: Json;
  /** generation_config.json, which names ids. */
  readonly generation: Json;
}

const NAMES = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'] as const;
const GENERATION_IDS = ['bos_token_id', 'eos_token_id', 'pad_token_id', 'decoder_start_token_id'] as const;

/** The ids that any file of a model folder calls special: models come whose files do not agree. */
export function specialTokenIds(engine: TokenizerEngine, { named, generation }: SpecialTokenFiles): Set<number> {
  const listed = Object.values((named.added_tokens_decoder ?? {}) as Json).filter(isSpecial);
  const contents = [...NAMES.map((name) => named[name]), ...asList(named.additional_special_tokens), ...listed];
  const known = new Set(engine.ids.values());
  return new Set([
    ...engine.addedTokens.filter(isSpecial).map(({ id }) => id),
    ...contents.flatMap((content) => engine.ids.get(tokenContent(content) ?? '') ?? []),
    ...GENERATION_IDS.flatMap((name) => asList(generation[name])).filter(
      (id): id is number => typeof id === 'number' && known.has(id),
    ),
  ]);
}

/** A token is written as its text, or as an object with its text in it. */
export function tokenContent(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'content' in value) return String(value.content);
  return undefined;
}

function isSpecial(token: unknown): boolean {
  return typeof token === 'object' && token !== null && 'special' in token && token.special === true;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
