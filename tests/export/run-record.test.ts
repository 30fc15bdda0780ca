import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportPrompt } from '../../src/export/export-prompt.js';
import { foundPrompt } from '../../src/export/found-prompt.js';
import { type RunRecord, readRunRecord } from '../../src/export/run-record.js';
import { makeRun } from './make-run.js';

describe('readRunRecord', () => {
  it('ranks prompts by train and dev together, best first', () => {
    const { prompts } = readRunRecord(makeRun({ texts: ['a', 'b', 'c'], isFinished: false }));
    expect(prompts.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  });

  it('gives test scores to the chosen prompt only, and to none before the run is finished', () => {
    const record = readRunRecord(makeRun({ texts: ['a', 'b'] }));
    expect(exportPrompt(record, 1, '0.1.0').metrics.test).toEqual({ accuracy: 0.875, n: 300 });
    expect(exportPrompt(record, 2, '0.1.0').metrics).not.toHaveProperty('test');
    const open = readRunRecord(makeRun({ texts: ['a'], isFinished: false }));
    expect(exportPrompt(open, 1, '0.1.0').metrics).not.toHaveProperty('test');
  });

  it('gives back how the run read a prompt, with demonstrations for the rows that are among the others', () => {
    const record = readRunRecord(makeRun({ texts: ['a', 'b'] }));
    const reading = {
      words: [{ label: 'ham', words: ['fine'] }],
      demonstrations: [{ text: 'one', label: 'ham', word: 'fine' }],
      standIns: [{ text: 'two', label: 'ham', word: 'fine' }],
    };
    const [first, ...others] = record.prompts;
    const read: RunRecord = { ...record, prompts: [{ ...first, reading, labelOffsets: [1, 2] }, ...others] };
    expect(foundPrompt(read, 1)).toEqual({ prompt: 'a', reading, offsets: [1, 2] });
    expect(foundPrompt(read, 2).reading).not.toHaveProperty('standIns');
  });

  it('refuses a rank that is not there', () => {
    const record = readRunRecord(makeRun({ texts: ['a', 'b'] }));
    expect(() => exportPrompt(record, 3, '0.1.0')).toThrow(/has 2 prompts, there is no rank 3/);
  });

  it('refuses a folder that is not a run, and a run without an evaluated prompt', () => {
    expect(() => readRunRecord(join(tmpdir(), 'no-such-run'))).toThrow(/there is no run/);
    expect(() => readRunRecord(mkdtempSync(join(tmpdir(), 'rlprompt-none-')))).toThrow(/not a run/);
    expect(() => readRunRecord(makeRun({ texts: [], isFinished: false }))).toThrow(/has not scored a prompt/);
  });
});
