import { describe, expect, it } from 'vitest';
import type { Tokenizer } from '../../src/lm/model/types.js';
import { allowedTokens, hasWords, maskBias } from '../../src/policy/token-mask.js';

const text = (value: string) => new TextEncoder().encode(value);
/** Tokens of every kind that real vocabularies hold. */
const TOKENS: [name: string, bytes: Uint8Array | undefined][] = [
  ['special', undefined],
  ['word', text(' great')],
  ['newline', text('\r\n')],
  ['escape', Uint8Array.of(0x1b)],
  ['tab', text('a\tb')],
  ['accent', text('é')],
  ['half of é', Uint8Array.of(0xc3)],
  ['replacement', text('\uFFFD')],
  ['bidi override', text('\u202E')],
  ['byte order mark', text('\uFEFF')],
  ['emoji', text('🙂')],
  ['empty', new Uint8Array()],
  ['delete', Uint8Array.of(0x7f)],
  ['tilde', text('~')],
];

const tokenizer: Tokenizer = {
  vocabularySize: TOKENS.length,
  encode: () => [],
  decode: () => '',
  piece: (id) => TOKENS[id]![0],
  bytes: (id) => TOKENS[id]![1],
  specialTokenIds: new Set([0]),
  bosTokenId: 0,
  eosTokenId: 0,
  padTokenId: undefined,
  maskTokenId: undefined,
};

const names = (allowed: Uint8Array) => [...allowed.keys()].filter((id) => allowed[id]).map((id) => TOKENS[id]![0]);

describe('the token mask', () => {
  it('by default allows whole printable characters only', async () => {
    expect(names(await allowedTokens(tokenizer))).toEqual(['word', 'accent', 'emoji', 'tilde']);
  });

  it('can be narrowed to ASCII, widened to all but special tokens, and takes banned ids', async () => {
    expect(names(await allowedTokens(tokenizer, { characters: 'ascii' }))).toEqual(['word', 'tilde']);
    const all = names(await allowedTokens(tokenizer, { characters: 'all' }));
    expect(all).toEqual(TOKENS.map(([name]) => name).filter((name) => name !== 'special' && name !== 'empty'));
    expect(names(await allowedTokens(tokenizer, { banned: [5, 99] }))).toEqual(['word', 'emoji', 'tilde']);
    const first = { ...tokenizer, specialTokenIds: new Set<number>(), bytes: () => text('a') };
    expect(Array.from(await allowedTokens(first, { width: 3, banned: [0, -1] }))).toEqual([0, 1, 1]);
  });

  it('of words allows what begins a word and punctuation, in any script', async () => {
    const kept = [' great', ' The', ' USA', ' I', ' a', ' я', ' été', '’s', "'t", '.', ',', '影', ' 映画', ' שלום'];
    const left = ['great', ' g', ' S', '-', '_', '##ing', ' iPhone', ' 3', ' —', ' (', '\n', '  ', ' it.'];
    const both = [...kept, ...left];
    const vocabulary = { ...tokenizer, vocabularySize: both.length, bytes: (id: number) => text(both[id] ?? '') };
    const allowed = await allowedTokens({ ...vocabulary, specialTokenIds: new Set() }, { characters: 'words' });
    expect(both.filter((_, id) => allowed[id])).toEqual(kept);
  });

  it('counts words no further than it is asked', () => {
    const pieces = [' great', 'great', ' The', undefined, '.', ' and'];
    const read: number[] = [];
    const bytes = (id: number) => {
      read.push(id);
      const piece = pieces[id];
      return piece === undefined ? undefined : text(piece);
    };
    const hasSoMany = (least: number) => hasWords({ vocabularySize: pieces.length, bytes }, least);
    expect([0, 1, 4, 5].map(hasSoMany)).toEqual([true, true, true, false]);
    read.length = 0;
    hasSoMany(2);
    expect(read).toEqual([0, 1, 2]);
    hasSoMany(5);
    expect(read).toEqual([0, 1, 2, 0, 1, 2, 3, 4, 5]);
  });

  it('leaves out the columns of a head that is wider than the tokenizer', async () => {
    const allowed = await allowedTokens(tokenizer, { width: 16 });
    expect([...allowed.subarray(13)]).toEqual([1, 0, 0]);
  });

  it('refuses to leave nothing', async () => {
    const none = allowedTokens(tokenizer, { characters: 'ascii', banned: [1, 13] });
    const message = expect.stringMatching(/no token of 14 is left/);
    await expect(none).rejects.toMatchObject({ code: 'E_TOKEN_MASK', exit: 'config', message });
  });

  it('as an addend is zero where allowed and far below any logit elsewhere', () => {
    expect(Array.from(maskBias(Uint8Array.of(1, 0)))).toEqual([0, -1e9]);
  });
});
