import { describe, expect, it } from 'vitest';
import type { Tokenizer } from '../../src/lm/model/types.js';
import { allowedTokens, maskBias } from '../../src/policy/token-mask.js';

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
  it('by default allows whole printable characters only', () => {
    expect(names(allowedTokens(tokenizer))).toEqual(['word', 'accent', 'emoji']);
  });

  it('can be narrowed to ASCII, widened to all but special tokens, and takes banned ids', () => {
    expect(names(allowedTokens(tokenizer, { characters: 'ascii' }))).toEqual(['word']);
    const all = names(allowedTokens(tokenizer, { characters: 'all' }));
    expect(all).toEqual(TOKENS.map(([name]) => name).filter((name) => name !== 'special' && name !== 'empty'));
    expect(names(allowedTokens(tokenizer, { banned: [5, 99] }))).toEqual(['word', 'emoji']);
  });

  it('leaves out the columns of a head that is wider than the tokenizer', () => {
    const allowed = allowedTokens(tokenizer, { width: 16 });
    expect([...allowed.subarray(13)]).toEqual([0, 0, 0]);
  });

  it('refuses to leave nothing', () => {
    expect(() => allowedTokens(tokenizer, { characters: 'ascii', banned: [1] })).toThrow(/no token of 13 is left/);
  });

  it('as an addend is zero where allowed and far below any logit elsewhere', () => {
    expect(Array.from(maskBias(Uint8Array.of(1, 0)))).toEqual([0, -1e9]);
  });
});
