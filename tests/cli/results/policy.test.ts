import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder, lastLine, type Outcome } from '../spawn-cli.js';

const FLAGS = [
  ...['--verbalizer', 'ham=list,spam=free', '--input-conditioned', '--inputs-per-step', '2'],
  ...['--shots', String(SMALL_RUN.shots), '--inner-size', '64', '--steps', '2', '--evaluation-every', '1'],
];

describe('a run whose policy reads its inputs, on the command line', () => {
  const cwd = emptyFolder();
  const task = writeSmallData(cwd);
  let ran: Outcome;
  let result: { best: { policy: { prompts: number }; test: { n: number }; prompt: string } };
  beforeAll(async () => {
    ran = await runInProcess(['run', task, ...FLAGS, '--out', 'run', '--ui', 'plain', '--json'], { cwd });
    result = JSON.parse(ran.stdout);
  }, 180_000);

  it('says in lines and in JSON that a policy was found', () => {
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/found .*policy/);
    expect(ran.stderr).toMatch(/that one alone/);
    expect(result.best.policy.prompts).toBeGreaterThanOrEqual(1);
    expect(result.best.test.n).toBe(30);
  });

  it('shows the policies of the run by step, and the report names the best', async () => {
    const top = await runInProcess(['top', 'run'], { cwd });
    expect(top.stdout).toMatch(/best policy \(step [012]\): /);
    const json = JSON.parse((await runInProcess(['top', 'run', '--json'], { cwd })).stdout);
    expect(json.prompts[0].policy).toBeDefined();
    expect((await runInProcess(['report', 'run', '--out', 'report.html'], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'report.html'), 'utf8')).toMatch(/writes a prompt for each input/);
  }, 180_000);

  it('exports tables of inputs and prompts, and refuses what holds one prompt', async () => {
    const csv = await runInProcess(['export', 'run', '--format', 'csv'], { cwd });
    const rows = parse(csv.stdout, { columns: true }) as Record<string, string>[];
    expect(rows.map(({ split }) => split)).toEqual([...new Array(6).fill('dev'), ...new Array(30).fill('test')]);
    expect(Object.keys(rows[0]!)).toEqual(['split', 'index', 'input', 'prompt', 'tokenIds', 'reward']);
    const json = JSON.parse((await runInProcess(['export', 'run'], { cwd })).stdout);
    expect(json).toMatchObject({ kind: 'policy', template: expect.stringContaining('{prompt}') });
    expect(json.prompts[0].prompt).toBe(rows[0]!.prompt!.replace(/^'(?=[=+\-@])/, ''));
    const refused = await runInProcess(['export', 'run', '--format', 'txt'], { cwd });
    expect(refused.code).toBe(64);
    expect(refused.stderr).toMatch(/E_EXPORT_POLICY: the format txt holds one prompt/);
    const transfer = await runInProcess(['transfer', 'run', '--target', 'x'], { cwd });
    expect(transfer.stderr).toMatch(/E_POLICY_RUN.*rlprompt eval --policy run/);
  }, 180_000);

  it('refuses a policy whose generator LM is another one now', async () => {
    cpSync(join(cwd, 'run'), join(cwd, 'drifted'), { recursive: true });
    const manifest = JSON.parse(readFileSync(join(cwd, 'drifted/run.json'), 'utf8'));
    const digests = { ...manifest.digests, generator: '0'.repeat(64) };
    writeFileSync(join(cwd, 'drifted/run.json'), JSON.stringify({ ...manifest, digests }));
    writeFileSync(join(cwd, 'one.csv'), 'text,label\n"Buy cheap pills now.",spam\n');
    const { code, stderr } = await runInProcess(['eval', 'one.csv', '--policy', 'drifted'], { cwd });
    expect(lastLine(stderr)).toMatch(/E_MODEL_DRIFT: the generator LM mail-gpt-4m .*its files have changed/);
    expect(code).toBe(65);
  }, 60_000);

  it('applies the policy to the user’s own data file, with the prompt of each row', async () => {
    writeFileSync(join(cwd, 'own.csv'), 'text,label\n"Buy cheap pills now.",spam\n"The patch is applied.",ham\n');
    const own = await runInProcess(['eval', 'own.csv', '--policy', 'run', '--per-example', 'rows.jsonl', '--json'], {
      cwd,
    });
    expect(own.stderr).toBe('');
    const { results } = JSON.parse(own.stdout);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ n: 2, policy: { run: 'run', prompts: expect.any(Number) } });
    const lines = readFileSync(join(cwd, 'rows.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ label }) => label)).toEqual(['spam', 'ham']);
    for (const { prompt, predicted, policy } of lines) {
      expect([typeof prompt, typeof predicted, policy]).toEqual(['string', 'string', 'run']);
    }
  }, 180_000);

  it('gives rows without labels their prompts', async () => {
    writeFileSync(join(cwd, 'new.csv'), 'mail\nBuy cheap pills now.\nThe patch is applied.\n');
    const flags = ['--policy', 'run', '--unlabelled', '--text-column', 'mail'];
    const { code, stdout } = await runInProcess(['eval', 'new.csv', ...flags], { cwd });
    expect(code).toBe(0);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ index }) => index)).toEqual([0, 1]);
    for (const { prompt, tokenIds } of rows) expect([typeof prompt, tokenIds.length]).toEqual(['string', 5]);
    writeFileSync(join(cwd, 'gaps.csv'), 'mail,n\nBuy cheap pills now.,1\n,2\nThe patch is applied.,3\n');
    const refusedGap = await runInProcess(['eval', 'gaps.csv', ...flags], { cwd });
    expect(refusedGap).toMatchObject({ code: 65, stderr: expect.stringContaining('--on-missing skip') });
    const skipping = await runInProcess(['eval', 'gaps.csv', ...flags, '--on-missing', 'skip'], { cwd });
    expect(skipping.stderr).toMatch(/1 of 3 rows of gaps.csv left out: "mail" is empty in 1/);
    const kept = skipping.stdout.trim().split('\n');
    expect(kept.map((line) => JSON.parse(line).index)).toEqual([0, 2]);
    const refused = await runInProcess(['eval', 'new.csv', '--unlabelled'], { cwd });
    expect(refused.code).toBe(64);
    expect(refused.stderr).toMatch(/E_USAGE.*by a policy/);
  }, 180_000);

  it('refuses trainers without such a policy by name', async () => {
    const { code, stderr } = await runInProcess(['run', task, ...FLAGS, '--trainer', 'random', '--out', 'no'], { cwd });
    expect(code).toBe(78);
    expect(stderr).toMatch(/trainer random has no policy that reads inputs: soft-q-learning, log-variance/);
  });
});
