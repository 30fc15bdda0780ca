import { type AddedToken, AddedTokens } from './added-tokens.js';
import { createFollowFirst } from './first-character.js';
import { refuseInsertedStart } from './inserted-start.js';
import { createModel } from './models/create-model.js';
import { createNormalizer, type Normalize } from './normalizers.js';
import { createPostProcessor } from './post-processor.js';
import { createPreTokenizer } from './pre-tokenizers.js';
import { type Settings, settingsList, settingsOf, UnsupportedTokenizer } from './shared/definition.js';
import { cutPiece } from './split.js';

/** A tokenizer.json at work, with the ids that the Python library gives. */
export interface TokenizerEngine {
  encode(text: string): number[];
  /** Puts the special tokens around them. */
  withSpecial(ids: readonly number[]): readonly number[];
  /** Of the model and the added tokens. */
  readonly ids: ReadonlyMap<string, number>;
  readonly addedTokens: readonly AddedToken[];
}

/** @throws UnsupportedTokenizer where it holds something that would not be read right */
export function createTokenizerEngine(definition: Settings): TokenizerEngine {
  const modelSettings = settingsOf(definition.model);
  if (!modelSettings) throw new UnsupportedTokenizer('it has no model');
  const normalizer = settingsOf(definition.normalizer);
  const preTokenizer = settingsOf(definition.pre_tokenizer);
  const postProcessor = settingsOf(definition.post_processor);
  refuseInsertedStart(normalizer, preTokenizer);
  const model = createModel(modelSettings);
  const normalize = normalizer && createNormalizer(normalizer);
  const preTokenize = preTokenizer && createPreTokenizer(preTokenizer);
  const postProcess = postProcessor && createPostProcessor(postProcessor);
  const followFirst = asksForFirst(preTokenizer) && normalizer ? createFollowFirst(normalizer) : unfollowed;
  const addedTokens = readAddedTokens(definition.added_tokens, model.ids);
  const raw = new AddedTokens(addedTokens.flatMap((token) => (token.normalized ? [] : [[token.content, token]])));
  const normalized = new AddedTokens(normalizedSpellings(addedTokens, normalize));
  const encode = (text: string) => {
    const into: number[] = [];
    for (const section of raw.split(text)) {
      if (section.token) {
        into.push(section.token.id);
        continue;
      }
      const original = text.slice(section.start, section.end);
      const part = normalize ? normalize(original) : original;
      const [first = ''] = original;
      const whole = { text: part, fromFirst: section.start === 0 ? followFirst(original, first.length) : 0 };
      for (const { start, end, token } of normalized.split(part)) {
        if (token) {
          into.push(token.id);
          continue;
        }
        if (start === end) continue;
        const piece = cutPiece(whole, start, end);
        for (const { text: word } of preTokenize ? preTokenize([piece]) : [piece]) model.encode(word, into);
      }
    }
    return into;
  };
  const ids = new Map(model.ids);
  for (const token of addedTokens) ids.set(token.content, token.id);
  return { encode, withSpecial: (tokens) => postProcess?.(tokens) ?? tokens, ids, addedTokens };
}

/** Those that are looked for in normalized text. Of two that are spelled alike there the library takes one by chance. */
function normalizedSpellings(tokens: readonly AddedToken[], normalize: Normalize | undefined) {
  const owners = new Map<string, AddedToken>();
  return tokens
    .filter((token) => token.normalized)
    .map((token) => {
      const spelling = spellingOf(token, normalize);
      const owner = owners.get(spelling) ?? token;
      owners.set(spelling, owner);
      if (owner.id === token.id) return [spelling, token] as const;
      const [one, other, both] = [owner.content, token.content, spelling].map((text) => JSON.stringify(text));
      throw new UnsupportedTokenizer(`the added tokens ${one} and ${other} are both ${both} when they are normalized`);
    });
}

function spellingOf({ content }: AddedToken, normalize: Normalize | undefined): string {
  const spelling = normalize?.(content) ?? content;
  if (spelling !== '') return spelling;
  // The library then cuts a text between any two characters.
  throw new UnsupportedTokenizer(`the added token ${JSON.stringify(content)} is nothing when it is normalized`);
}

/** Following takes as long as normalizing, and one kind of pre-tokenizer uses it. */
function asksForFirst(preTokenizer: Settings | undefined): boolean {
  return JSON.stringify(preTokenizer ?? null).includes('"prepend_scheme":"first"');
}

function unfollowed(_: string, count: number): number {
  return count;
}

/** A token that the model knows keeps the model's id; others are numbered on, whatever their ids in the file. */
function readAddedTokens(value: unknown, ids: ReadonlyMap<string, number>): AddedToken[] {
  let next = ids.size;
  const own = new Map<string, number>();
  return settingsList(value ?? []).flatMap((settings) => {
    const { content } = settings;
    if (typeof content !== 'string') throw new UnsupportedTokenizer('an added token lacks its content');
    if (content === '') return [];
    const id = ids.get(content) ?? own.get(content) ?? next++;
    own.set(content, id);
    const token = settings as Partial<AddedToken>;
    return [{ ...token, content, id, normalized: token.normalized ?? token.special !== true }];
  });
}
