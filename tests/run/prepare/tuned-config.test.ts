import { expect, it } from 'vitest';
import { completeRunConfig } from '../../../src/config/resolve-run-config.js';
import { tunedTo } from '../../../src/run/prepare/tuned-config.js';

it('a prompt holds whole words where the prior has its say and the vocabulary has them', () => {
  const tokensOf = (vocabularySize: number, given: object = {}, token = ' word') => {
    const tokenizer = { vocabularySize, bytes: () => new TextEncoder().encode(token) };
    return tunedTo({ hiddenStates: { hiddenSize: 16 }, tokenizer }, completeRunConfig({ task: 'spam', ...given }))
      .tokens;
  };
  expect(tokensOf(49_152)).toBe('words');
  expect(tokensOf(4096)).toBe('words');
  expect(tokensOf(2047)).toBe('printable');
  expect(tokensOf(49_152, {}, '##ing')).toBe('printable');
  expect(tokensOf(49_152, { tokens: 'ascii' })).toBe('ascii');
  expect(tokensOf(49_152, { preset: 'raw' })).toBe('printable');
  expect(tokensOf(49_152, { preset: 'paper' })).toBe('printable');
  expect(tokensOf(49_152, { trainer: 'evolution' })).toBe('printable');
  expect(tokensOf(49_152, { trainer: 'ppo', ptx: import.meta.filename })).toBe('printable');
  expect(tokensOf(49_152, { mustContain: 'Answer (A, B):' })).toBe('printable');
});
