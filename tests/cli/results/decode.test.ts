import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder, lastLine } from '../spawn-cli.js';

it('samples, fits, writes and compares; a scorer for another model is refused', { timeout: 120_000 }, async () => {
  const cwd = emptyFolder();
  const decode = (...args: string[]) => runInProcess(['decode', ...args], { cwd });
  const short = ['--tokens', '4', '--texts'];
  expect((await decode('sample', 'Dear all,', ...short, '8', '--out', 'texts.jsonl')).code).toBe(0);
  expect(readFileSync(join(cwd, 'texts.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(8);
  const fitted = await decode('fit', 'texts.jsonl', '--epochs', '1', '--loss', 'cd-q');
  expect(JSON.parse(fitted.stdout)).toMatchObject({
    out: 'scorer.safetensors',
    lm: 'mail-gpt-4m',
    texts: 8,
    loss: 'cd-q',
  });
  const scorer = ['--scorer', 'scorer.safetensors=0.5', ...short];
  const written = await decode('write', 'Dear all,', ...scorer, '2', '--block', '2', '--candidates', '2');
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
});
