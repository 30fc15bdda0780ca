import { describe, expect, it } from 'vitest';
import { resolveRunConfig } from '../../src/config/resolve-run-config.js';

const verbalizerOf = (text: string) =>
  resolveRunConfig({ flags: { task: 'spam', verbalizer: text } }).config.verbalizer;

describe('a verbalizer on the command line', () => {
  it('maps label values to words', () => {
    expect({ ...verbalizerOf('0=terrible, 1 = great') }).toEqual({ 0: 'terrible', 1: 'great' });
    expect({ ...verbalizerOf('a=b=c,x y=not good') }).toEqual({ a: 'b=c', 'x y': 'not good' });
  });

  it.each(['', 'a', '=x', 'a=', 'a=b,', 'a=b,a=c'])('refuses %j', (text) => {
    expect(() => verbalizerOf(text)).toThrow(expect.objectContaining({ code: 'E_CONFIG', exitCode: 78 }));
  });
});
