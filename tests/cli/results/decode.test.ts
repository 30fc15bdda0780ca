import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder, lastLine, TINY_MODEL } from '../spawn-cli.js';

it('samples, fits, writes and compares; a scorer for another model is refused', { timeout: 120_000 }, async () => {
  const cwd = emptyFolder();
  const decode = (...args: string[]) => runInProcess(['decode', ...args], { cwd });
  const short = ['--tokens', '4', '--texts'];
  const sampled = await decode('sample', 'Dear all,', ...short, '8', '--out', 'texts.jsonl');
  expect([sampled.code, sampled.stdout]).toEqual([
    0,
    expect.stringMatching(/^texts\.jsonl: 8 texts, mean reward -\d+\.\d\n$/),
  ]);
  expect(readFileSync(join(cwd, 'texts.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(8);
  const resampled = await decode('sample', 'Dear all,', ...short, '8', '--out', 'texts.jsonl');
  expect(resampled.code).toBe(0);
  writeFileSync(join(cwd, 'notes.txt'), 'mine');
  const over = await decode('sample', 'Dear all,', ...short, '8', '--out', 'notes.txt');
  expect([over.code, lastLine(over.stderr)]).toEqual([73, expect.stringContaining('E_WOULD_OVERWRITE')]);
  const fitted = await decode('fit', 'texts.jsonl', '--epochs', '1', '--loss', 'cd-q', '--json');
  expect(JSON.parse(fitted.stdout)).toMatchObject({
    out: 'scorer.safetensors',
    lm: 'mail-gpt-4m',
    texts: 8,
    loss: 'cd-q',
    reward: 'shorter',
  });
  const scorer = ['--scorer', 'scorer.safetensors=5e-1', ...short];
  const blocks = ['write', 'Dear all,', ...scorer, '2', '--block', '2', '--candidates', '2'];
  const shown = await decode(...blocks);
  expect(shown.stdout).toMatch(/^("Dear all,.*" · KL \d\.\d\d · \d tokens drawn\n){2}$/);
  const written = await decode(...blocks, '--json');
  expect(
    written.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).prefix),
  ).toEqual(['Dear all,', 'Dear all,']);
  const table = await decode('table', 'Dear all,', ...scorer, '1');
  expect(table.stdout.split('\n')[0]).toMatch(/^decoding +shorter +KL +tokens drawn$/);
  const bad = await decode('write', 'Dear all,', '--scorer', 'texts.jsonl');
  expect([bad.code, lastLine(bad.stderr)]).toEqual([65, expect.stringContaining('E_SCORER_FILE')]);

  const again = await decode('fit', 'texts.jsonl', '--epochs', '1');
  expect(again.stdout).toMatch(
    /^scorer\.safetensors: a scorer of shorter \(mean -\S+, standard deviation \S+\), fitted by fudge to 8 texts of mail-gpt-4m\n$/,
  );

  const lines = readFileSync(join(cwd, 'texts.jsonl'), 'utf8');
  writeFileSync(
    join(cwd, 'other.jsonl'),
    lines.replaceAll('"lm":"mail-gpt-4m","lmDigest":"', '"lm":"another","lmDigest":"0'),
  );
  const other = await decode('fit', 'other.jsonl');
  expect([other.code, lastLine(other.stderr)]).toEqual([
    65,
    expect.stringContaining('those of another, but the model is'),
  ]);
});

it.each([
  ['a strength for blocks, which have none', ['--block', '4', '--strength', '50'], /--strength/],
  ['candidates without blocks', ['--candidates', '8'], /--candidates is for blocks/],
  ['a strength that is not finite in the end', ['--strength', '1e308'], /from 0 to 1000/],
])('refuses %s', async (_, args, message) => {
  const { code, stderr } = await runInProcess(['decode', 'write', 'Dear', '--scorer', 'v.safetensors', ...args], {});
  expect([code, lastLine(stderr)]).toEqual([64, expect.stringMatching(message)]);
});

it('says what does not fit into the context, and draws nothing', async () => {
  const cwd = emptyFolder();
  const args = ['sample', 'the a', '--model', TINY_MODEL, '--tokens', '80', '--out', 'texts.jsonl'];
  const { code, stderr } = await runInProcess(['decode', ...args], { cwd });
  expect([code, lastLine(stderr)]).toEqual([65, expect.stringMatching(/E_CONTEXT_LENGTH.* --tokens is 80, .* is 64/)]);
  expect(existsSync(join(cwd, 'texts.jsonl'))).toBe(false);
});

it.each([
  ['a file of texts that is not there', ['fit', 'missing.jsonl'], 'E_FILE_NOT_FOUND'],
  ['a scorer that is not there', ['write', 'Dear', '--scorer', 'missing.safetensors'], 'E_FILE_NOT_FOUND'],
  ['a scorer that is none', ['table', 'Dear', '--scorer', 'none.safetensors'], 'E_SCORER_FILE'],
  ['a weight that is not a number', ['write', 'Dear', '--scorer', 'none.safetensors=high'], 'E_USAGE'],
])('is told of %s before a model is looked for', async (_, args, code) => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'none.safetensors'), '{}');
  const { stderr } = await runInProcess(['decode', ...args, '--model', 'no-such-model'], { cwd });
  expect(lastLine(stderr)).toContain(code);
});
