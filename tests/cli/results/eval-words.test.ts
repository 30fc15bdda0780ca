import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { followRun } from '../../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';
import { runInProcess } from '../in-process-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-words-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const out = join(folder, 'run');
const run = followRun({ ...SMALL_RUN, steps: 1, task: writeSmallData(folder), out, calibrate: 'inputs' });

async function accuracyOf(...more: string[]) {
  await run;
  const { stdout, stderr, code } = await runInProcess(['eval', out, '--json', '--split', 'dev', ...more]);
  return { code, stderr, results: code === 0 ? JSON.parse(stdout).results : [] };
}

describe('eval of a run with words that a person changed', () => {
  it('reads the same prompt by them, with offsets of their own', async () => {
    const { results: found } = await accuracyOf();
    const { results: same } = await accuracyOf('--words', 'ham=list,spam=free');
    const { results: other } = await accuracyOf('--words', 'ham=meeting|list,spam=free|win');
    expect([same[0].prompt, other[0].prompt]).toEqual([found[0].prompt, found[0].prompt]);
    expect(same[0].reward).toBeCloseTo(found[0].reward, 3);
    expect(other[0].reward).not.toBeCloseTo(found[0].reward, 3);
    const { results: less } = await accuracyOf(
      '--words',
      'ham=meeting|list,spam=free|win',
      '--without-words',
      'meeting,win',
    );
    expect(less[0].reward).toBeCloseTo(found[0].reward, 3);
  });

  it('refuses what cannot be', async () => {
    expect(await accuracyOf('--words', 'nonsense')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('E_WORD_EDIT'),
    });
    const { code, stderr } = await runInProcess(['eval', 'spam', '--prompt', 'a', '--without-words', 'free']);
    expect([code, stderr]).toEqual([64, expect.stringContaining('there are no words of a run to change')]);
  });
});
