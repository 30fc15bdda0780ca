import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeService, sendJson } from '../../lm/endpoint/fake-service.js';
import { runInProcess } from '../in-process-cli.js';
import { lastLine, runCli, TINY_MODEL, tinyTask } from '../spawn-cli.js';

const KEY = 'sk-canary-0123456789abcdef';

let service: FakeService;
beforeEach(async () => {
  service = await FakeService.start((text) => [
    text.includes('offer') ? { bad: 0.8, good: 0.2 } : { good: 0.7, bad: 0.3 },
  ]);
});
afterEach(() => service.close());

const { cwd } = tinyTask();
const data = ['--text-column', 'text', '--label-column', 'label', '--shots', '2'];
const remote = () => ['--target', 'openai:big', '--endpoint', service.endpoint];

describe('a language model behind a service on the command line', () => {
  it('is evaluated like any other; what it was asked is told beside the result', async () => {
    const args = ['eval', 'mails.csv', '--prompt', 'It is', '--json', ...data, ...remote()];
    const { code, stdout, stderr } = await runCli(args, { cwd, env: { OPENAI_API_KEY: KEY } });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).results[0]).toMatchObject({ accuracy: 1, n: 24 });
    expect(stderr).toContain('openai:big: 25 requests');
    expect(service.requests[0]!.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it('is the target LM of a run, and of a transfer', async () => {
    const small = ['--generator', TINY_MODEL, '--steps', '2', '--prompts-per-step', '2', '--inner-size', '8'];
    const run = ['run', 'mails.csv', '--json', '--out', 'r', '--top-k', '20', ...small, ...data, ...remote()];
    const { code, stdout } = await runInProcess(run, { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ target: 'openai:big', best: { test: { accuracy: 1 } } });
    const transfer = await runInProcess(['transfer', 'It is', '--task', 'mails.csv', '--json', ...data, ...remote()], {
      cwd,
    });
    expect(JSON.parse(transfer.stdout).columns[0]).toMatchObject({ targetLm: 'openai:big' });
  });

  it('ends a run within its budget of tokens, with warnings and a result', async () => {
    const small = ['--generator', TINY_MODEL, '--steps', '900', '--prompts-per-step', '4', '--inner-size', '8'];
    const budget = ['--max-tokens', '9000', '--ui', 'plain', '--candidates', '4'];
    const run = ['run', 'mails.csv', '--json', '--out', 'spent', '--top-k', '200', ...small, ...budget, ...data];
    const { code, stdout, stderr } = await runInProcess([...run, ...remote()], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ stopReason: 'tokens' });
    expect(stderr).toMatch(/^warning: 50 % of --max-tokens of openai:big is used: [\d,]+ of 9,000$/m);
    expect(stderr).toMatch(/^warning: 80 % of --max-tokens/m);
    expect(stderr).toMatch(/^ {2}openai:big: .* rows\/s · 0 in flight · \d+ requests · [\d,]+ tokens$/m);
    const tokens = /openai:big: [\d,]+ requests?, ([\d,]+) tokens read, ([\d,]+) written/.exec(stderr)!;
    const [read, written] = tokens.slice(1).map((count) => Number(count.replaceAll(',', '')));
    expect(read! + written!).toBeLessThanOrEqual(9000);
  });

  it('is looked at by doctor', async () => {
    const good = await runInProcess(
      ['doctor', 'mails.csv', '--json', '--generator', TINY_MODEL, ...data, ...remote()],
      {
        cwd,
      },
    );
    const { findings } = JSON.parse(good.stdout) as { findings: { check: string; ok: boolean; detail: string }[] };
    expect(findings.at(-1)).toEqual({
      check: 'service',
      ok: true,
      detail: 'openai:big writes texts and scores labels',
    });
    expect(findings.find(({ check }) => check === 'memory of the run')).toMatchObject({ ok: true });
    service.givesLogProbs = false;
    const poor = await runInProcess(
      ['doctor', 'mails.csv', '--json', '--generator', TINY_MODEL, ...data, ...remote()],
      {
        cwd,
      },
    );
    expect(poor.stdout).toContain('the word that it writes is what is scored');
  });

  it('shows its key in no error', async () => {
    service.interfere = (response) => {
      sendJson(response, 401, { error: { message: `invalid key ${KEY}` } });
      return true;
    };
    const args = ['eval', 'mails.csv', '--prompt', 'It is', '--json', ...data, ...remote()];
    const { code, stdout, stderr } = await runCli(args, { cwd, env: { OPENAI_API_KEY: KEY } });
    expect(code).toBe(77);
    expect(lastLine(stderr)).toMatch(/^rlprompt: E_ENDPOINT_FORBIDDEN: .*401.* · check the access key/);
    expect(stdout + stderr).not.toContain(KEY);
  });

  it('cannot be a generator', async () => {
    const args = ['run', 'mails.csv', '--generator', 'openai:big', '--endpoint', service.endpoint, ...data];
    const { code, stderr } = await runInProcess(args, { cwd });
    expect(code).toBe(78);
    expect(lastLine(stderr)).toContain('gives no hidden states');
    expect(service.requests).toHaveLength(0);
  });
});
