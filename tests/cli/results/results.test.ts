import { spawn } from 'node:child_process';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { makeRun } from '../../export/make-run.js';
import { runInProcess } from '../in-process-cli.js';
import { BIN, runCli, TINY_MODEL } from '../spawn-cli.js';

const texts = ['say "free"', '=1+1', '\x1b[31mred\u202e', 'plain'];

describe('top', () => {
  it('is a table on stdout, best first, that cannot drive the terminal', async () => {
    const { code, stdout, stderr } = await runCli(['top', makeRun({ texts })]);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[0]).toBe('accuracy on train, dev and test');
    expect(lines[1]).toMatch(/#\s+train\s+dev\s+test\s+reward\s+step\s+from\s+prompt/);
    expect(lines[2]).toMatch(/^1\s.*0\.875.*"say \\"free\\""$/);
    expect(lines.at(-1)).toBe('ordered by accuracy on dev; less one standard error for prompts that no person wrote');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('shows the label words whole, and the labelled rows', async () => {
    const reading = {
      demonstrations: [{ text: 'call me', label: 'ham', word: 'Matthias' }],
      words: [
        { label: 'ham', words: ['question', 'Matthias', 'maybe'] },
        { label: 'spam', words: ['opportunity', 'Address'] },
      ],
    };
    const { stdout } = await runInProcess(['top', makeRun({ texts, reading })]);
    expect(stdout).toContain('  ham: question, Matthias, maybe\n  spam: opportunity, Address\n');
    expect(stdout).toContain('    Matthias: call me\n');
    expect(stdout).toContain('label words of #1:\n');
    const refit = await runInProcess(['top', makeRun({ texts, reading, refit: { accuracy: 0.9 } })]);
    expect(refit.stdout).toContain('label words of #1 (chosen again at the end, on train and dev rows together):\n');
  });

  it('prints one JSON object, cut at --limit', async () => {
    const { stdout } = await runInProcess(['top', makeRun({ texts }), '--json', '--limit', '2']);
    const { schemaVersion, finished, prompts } = JSON.parse(stdout);
    expect({ schemaVersion, finished }).toEqual({ schemaVersion: 1, finished: true });
    expect(prompts.map(({ rank, prompt }: { rank: number; prompt: string }) => [rank, prompt])).toEqual([
      [1, texts[0]],
      [2, texts[1]],
    ]);
  });

  it('prints CSV that reads back', async () => {
    const { stdout } = await runInProcess(['top', makeRun({ texts }), '--csv']);
    const rows = parse(stdout, { columns: true, record_delimiter: '\r\n' }) as { prompt: string }[];
    expect(rows.map(({ prompt }) => prompt)).toEqual([texts[0], "'=1+1", texts[2], texts[3]]);
  });
});

describe('looking around', () => {
  it('config print says each value and its source', async () => {
    const env = { RLPROMPT_SEED: '3' };
    const { stdout } = await runInProcess(
      ['config', 'print', 'spam', '--top-k', '9', '--no-cache', '--sources', '--json'],
      {
        env,
      },
    );
    const { config, sources } = JSON.parse(stdout);
    expect(config).toMatchObject({ task: 'spam', topK: 9, cache: false, seed: 3 });
    expect(sources).toMatchObject({
      task: 'argument',
      topK: '--top-k',
      cache: '--no-cache',
      seed: 'RLPROMPT_SEED',
      topP: 'default',
    });
    // What the task decides is said as it will be, and why.
    expect(config).toMatchObject({ calibrate: 'inputs', labelWords: 'both' });
    expect(sources).toMatchObject({ calibrate: 'default: classification', labelWords: 'default: classification' });
  });

  it('config print without a task says what waits for one', async () => {
    const { stdout } = await runInProcess(['config', 'print', '--top-k', '9', '--sources', '--json']);
    const { config, sources } = JSON.parse(stdout);
    expect(config).toMatchObject({ topK: 9, calibrate: 'auto', labelWords: 'auto' });
    expect(config).not.toHaveProperty('task');
    expect(sources).toMatchObject({ topK: '--top-k', calibrate: 'default: the task decides' });
    expect(sources).not.toHaveProperty('task');
  });

  it('config print without a task tells what is wrong with the settings', async () => {
    const { code, stderr } = await runInProcess(['config', 'print', '--top-k', 'many']);
    expect(code).toBe(78);
    expect(stderr).toContain('topK: got "many"');
  });

  it('config schema is a JSON Schema that knows every key and refuses others', async () => {
    const schema = JSON.parse((await runInProcess(['config', 'schema'])).stdout);
    expect(schema.$schema).toContain('json-schema.org');
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties.topK).toEqual(
      expect.objectContaining({ type: 'integer', minimum: 1, description: expect.any(String) }),
    );
  });

  it('tasks lists the built-in tasks and shows one', async () => {
    const { stdout } = await runInProcess(['tasks', '--json']);
    expect(JSON.parse(stdout).tasks.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['sentiment', 'spam', 'topic']),
    );
    const shown = JSON.parse((await runInProcess(['tasks', 'show', 'sentiment', '--json'])).stdout);
    expect(shown).toMatchObject({ name: 'sentiment', kind: 'classification', sizes: { train: 32, dev: 32 } });
  });

  it('models inspect says what a folder can be used for', async () => {
    const { stdout } = await runInProcess(['models', 'inspect', TINY_MODEL]);
    expect(stdout).toMatch(/^architecture +GPT2LMHeadModel$/m);
    expect(stdout).toMatch(/^usable as +generator, target$/m);
  });

  it('doctor fails exactly when a finding is bad', async () => {
    const { code, stdout } = await runInProcess(['doctor', '--json']);
    const { findings } = JSON.parse(stdout) as { findings: { check: string; ok: boolean }[] };
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['node', 'runtime', 'memory', 'embedded model', 'tasks', 'run folder', 'terminal']),
    );
    expect(code).toBe(findings.every(({ ok }) => ok) ? 0 : 69);
    expect(findings.find(({ check }) => check === 'runtime')?.ok).toBe(true);
  });

  it('a reader that goes away early is no failure', async () => {
    const child = spawn(process.execPath, [BIN, 'config', 'schema'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    const code = await new Promise((done) => child.on('close', done));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
