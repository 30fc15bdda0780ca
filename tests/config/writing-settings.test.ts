import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { completeRunConfig, resolveRunConfig } from '../../src/config/resolve-run-config.js';
import { optionMeta } from '../../src/config/run-config.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-writing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('settings of how prompts are written', () => {
  it('have the prior of the generator LM on by default, where it was measured', () => {
    expect(optionMeta('priorBeta').description).toContain('(default: 1 with log-variance; 0 with another trainer,');
    expect(completeRunConfig({ task: 'spam' }).priorBeta).toBe(1);
    for (const trainer of ['soft-q-learning', 'evolution', 'best-of-n'] as const) {
      expect(completeRunConfig({ task: 'spam', trainer }).priorBeta).toBe(0);
    }
    expect(completeRunConfig({ task: 'spam', inputConditioned: true }).priorBeta).toBe(0);
    expect(completeRunConfig({ task: 'spam', contentModel: 'm' }).priorBeta).toBe(0);
    expect(completeRunConfig({ task: 'spam', trainer: 'soft-q-learning', priorBeta: 2 }).priorBeta).toBe(2);
  });

  it('are all of the preset raw as they are of the default, but for the prior and how answers are read', () => {
    const rawReading = { calibrate: 'none', labelWords: 'given', demos: 0 } as const;
    for (const given of [{}, { trainer: 'soft-q-learning' }, { contentModel: 'm' }] as const) {
      const { preset: _, ...ours } = completeRunConfig({ task: 'spam', ...given, priorBeta: 0, ...rawReading });
      const { preset, ...raw } = completeRunConfig({ task: 'spam', ...given, preset: 'raw' });
      expect(preset).toBe('raw');
      expect(raw).toEqual(ours);
    }
  });

  it('read words and a context as text or from a file', () => {
    const file = join(folder, 'words.txt');
    writeFileSync(file, 'free\n\n click here \n');
    const read = (flags: Record<string, string>) => resolveRunConfig({ flags: { task: 'spam', ...flags } }).config;
    expect(read({ forbid: 'free, click here' }).forbid).toEqual(['free', 'click here']);
    expect(read({ forbid: file }).forbid).toEqual(['free', 'click here']);
    expect(read({ context: file }).context).toEqual(['free', '', ' click here']);
    expect(read({ context: 'Two lines:\none' }).context).toEqual(['Two lines:', 'one']);
    expect(() => read({ context: folder })).toThrow('it is no file');
    expect(() => read({ forbid: ' , ' })).toThrow('forbid');
  });

  it('are refused where nothing draws tokens', () => {
    expect(() => completeRunConfig({ task: 'spam', trainer: 'evolution', forbid: ['a'] })).toThrow('not evolution');
    expect(() => completeRunConfig({ task: 'spam', trainer: 'evolution', fluentTopK: 5 })).toThrow(
      'fluentTopK changes nothing with trainer evolution',
    );
    expect(() => completeRunConfig({ task: 'spam', trainer: 'mcts', context: 'a' })).toThrow('not mcts');
    expect(() => completeRunConfig({ task: 'spam', trainer: 'reinforce', mustContain: 'a' })).toThrow('not reinforce');
    expect(() => completeRunConfig({ task: 'spam', inputConditioned: true, context: 'a' })).toThrow('is the input');
  });
});
