import { describe, expect, it } from 'vitest';
import { parseVerbalizer } from '../../src/task/parse-verbalizer.js';
import { refusalOf } from '../data/data-folder.js';

describe('a verbalizer on the command line', () => {
  it('maps label values to words', () => {
    expect({ ...parseVerbalizer('0=terrible, 1 = great') }).toEqual({ 0: 'terrible', 1: 'great' });
    expect({ ...parseVerbalizer('a=b=c,x y=not good') }).toEqual({ a: 'b=c', 'x y': 'not good' });
  });

  it('treats __proto__ as a label like any other', () => {
    expect(Object.entries(parseVerbalizer('__proto__=a,x=b'))).toEqual([
      ['__proto__', 'a'],
      ['x', 'b'],
    ]);
  });

  it.each(['', 'a', '=x', 'a=', 'a=b,', 'a=b,a=c'])('refuses %j', async (text) => {
    expect(await refusalOf(() => parseVerbalizer(text))).toMatchObject({ code: 'E_VERBALIZER_FORMAT', exitCode: 64 });
  });
});
