import { expect, it } from 'vitest';
import { type AddedToken, AddedTokens } from '../../../src/lm/tokenizer/added-tokens.js';

const token = (id: number, content: string): [string, AddedToken] => [content, { id, content }];
const cut = (tokens: AddedTokens, text: string) =>
  tokens.split(text).map(({ start, end, token: found }) => (found ? found.id : text.slice(start, end)));

it.each([
  ['few beginnings', [token(1, '<a>'), token(2, '<ab>'), token(3, '😀')]],
  [
    'many beginnings',
    [token(1, '<a>'), token(2, '<ab>'), token(3, '😀'), ...[...'{}[]()'].map((c, i) => token(9 + i, `${c}!`))],
  ],
])('added tokens of %s are found wherever they are, and texts without any are whole', (_, list) => {
  const tokens = new AddedTokens(list);
  expect(cut(tokens, 'x<a><ab>y😀')).toEqual(['x', 1, 2, 'y', 3]);
  expect(cut(tokens, 'no tokens')).toEqual(['no tokens']);
  expect(cut(tokens, 'a < b, a<')).toEqual(['a < b, a<']);
  // Another emoji begins with the same half.
  expect(cut(tokens, '😁')).toEqual(['😁']);
});
