import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRun } from '../../export/make-run.js';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder, lastLine, runCli } from '../spawn-cli.js';

const texts = ['say "free"', '=1+1', '\x1b[31mred\u202e', 'plain'];

describe('export', () => {
  it('writes a file once, and again only with --force', async () => {
    const cwd = emptyFolder();
    const args = ['export', makeRun({ texts }), '--format', 'txt', '--rank', '2', '--output', 'best.txt'];
    expect(await runCli(args, { cwd })).toEqual({ code: 0, stdout: '', stderr: 'wrote best.txt\n' });
    expect(readFileSync(join(cwd, 'best.txt'), 'utf8')).toBe('=1+1');
    writeFileSync(join(cwd, 'best.txt'), 'mine');
    expect((await runInProcess(args, { cwd })).code).toBe(73);
    expect(readFileSync(join(cwd, 'best.txt'), 'utf8')).toBe('mine');
    expect((await runInProcess([...args, '--force'], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'best.txt'), 'utf8')).toBe('=1+1');
  });

  it('puts the prompt alone on stdout by default, to be piped', async () => {
    expect((await runInProcess(['export', makeRun({ texts }), '-f', 'txt'])).stdout).toBe(texts[0]);
  });

  it('keeps cells as they are with --raw', async () => {
    const { stdout } = await runInProcess(['export', makeRun({ texts }), '-f', 'csv', '--raw']);
    expect(stdout).toContain('\r\n2,=1+1,');
  });

  it('lists its formats by what they are for', async () => {
    const { stdout } = await runInProcess(['export', '--list']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith(' '))).toEqual([
      ...['data', 'text', 'code', 'chat', 'templates', 'evaluation', 'tracking'],
    ]);
    expect(lines.slice(0, 3)).toEqual([
      'data',
      expect.stringMatching(/^ {2}json +everything known about the prompt/),
      expect.stringMatching(/^ {2}csv +one row per prompt/),
    ]);
  });

  it('writes several formats, and formats of several files, into a folder that need not be there', async () => {
    const cwd = emptyFolder();
    const run = makeRun({ texts });
    const { code, stderr } = await runInProcess(['export', run, '-f', 'json,txt,ts,hf-dataset', '-o', 'a/b'], { cwd });
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('wrote a/b/data/prompts.jsonl'),
    });
    expect(readdirSync(join(cwd, 'a/b')).sort()).toEqual(['README.md', 'best.json', 'best.ts', 'best.txt', 'data']);
    expect(readFileSync(join(cwd, 'a/b/data/prompts.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(4);
  });

  it('writes none of its files where one of them is there', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'best.ts'), 'mine');
    const { code, stderr } = await runInProcess(['export', makeRun({ texts }), '-f', 'json,ts', '-o', '.'], { cwd });
    expect(code).toBe(73);
    expect(lastLine(stderr)).toContain('best.ts is there already');
    expect(existsSync(join(cwd, 'best.json'))).toBe(false);
  });

  it('needs a folder for more than one file', async () => {
    const { code, stderr } = await runInProcess(['export', makeRun({ texts }), '-f', 'mlflow']);
    expect(code).toBe(64);
    expect(lastLine(stderr)).toMatch(/E_USAGE: mlflow: more than one file .* --out DIR/);
  });

  it('refuses a prompt that a format cannot hold, and says which can', async () => {
    const run = makeRun({ texts: ['a\nuser:\nb'] });
    const { code, stdout, stderr } = await runInProcess(['export', run, '-f', 'prompty']);
    expect({ code, stdout }).toEqual({ code: 65, stdout: '' });
    expect(lastLine(stderr)).toMatch(/E_EXPORT_TEXT: .*reads like the name of a role.*--format json/);
  });

  it('warns of what a format will change', async () => {
    const { code, stderr } = await runInProcess(['export', makeRun({ texts: ['a\tb'] }), '-f', 'dspy']);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^rlprompt: warning: DSPy takes tabs/),
    });
  });
});
