import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeService } from '../../lm/endpoint/fake-service.js';
import { runInProcess } from '../in-process-cli.js';
import { lastLine, TINY_MODEL, tinyTask } from '../spawn-cli.js';

let service: FakeService;
beforeEach(async () => {
  service = await FakeService.start(() => [{ good: 0.7, bad: 0.3 }]);
});
afterEach(() => service.close());

const { cwd } = tinyTask();
const data = ['mails.csv', '--text-column', 'text', '--label-column', 'label', '--shots', '2'];
const small = [
  '--generator',
  TINY_MODEL,
  '--steps',
  '4',
  '--prompts-per-step',
  '2',
  '--inner-size',
  '8',
  '--top-k',
  '20',
];
const remote = () => ['--target', 'openai:big', '--endpoint', service.endpoint, '--price', '1,2'];

describe('rlprompt plan', () => {
  it('sends nothing, and says what the run then takes', async () => {
    const planned = await runInProcess(['plan', '--json', ...data, ...small, ...remote()], { cwd });
    expect(planned.code).toBe(0);
    expect(service.requests).toHaveLength(0);
    const plan = JSON.parse(planned.stdout);
    expect(plan).toMatchObject({ schemaVersion: 1, task: 'mails', target: 'openai:big', steps: 4 });
    const run = await runInProcess(
      ['run', '--json', '--ui', 'plain', '--out', 'planned', ...data, ...small, ...remote()],
      {
        cwd,
      },
    );
    expect(run.code).toBe(0);
    // One request more than rows: the first finds out what the service gives.
    expect(service.requests.length - 1).toBeGreaterThanOrEqual(plan.service.requests.low);
    expect(service.requests.length - 1).toBeLessThanOrEqual(plan.service.requests.high);
    expect(run.stderr).toMatch(/^plan: \d+ to \d+ forwards, \d+ to \d+ requests, .* tokens, cost /m);
  });

  it('measures a target LM of this machine', async () => {
    const { code, stdout } = await runInProcess(['plan', ...data, ...small, '--target', TINY_MODEL], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^forwards +\d+ to \d+$/m);
    expect(stdout).toMatch(/^measured here +[\d,]+ rows per second$/m);
    expect(stdout).toMatch(/^time +0:\d\d/m);
  });

  it('tells the forwards that a run tells at its start, with the demonstrations that the context has room for', async () => {
    const rows = Array.from(
      { length: 44 },
      (_, i) => `"Mail ${i} is about ${i % 2 ? 'pills' : 'my build log'}.",${i % 2}`,
    );
    writeFileSync(join(cwd, 'mails-44.csv'), `text,kind\n${rows.join('\n')}\n`);
    const columns = '--text-column text --label-column kind --verbalizer 0=list,1=free';
    const words = `mails-44.csv ${columns} --shots 10 --steps 1 --inner-size 8`.split(' ');
    const planned = await runInProcess(['plan', ...words], { cwd });
    const run = await runInProcess(['run', '--ui', 'plain', '--out', 'mails-44', ...words], { cwd });
    const [, forwards] = /^forwards +(.*)$/m.exec(planned.stdout)!;
    expect(run.stderr).toContain(`plan: ${forwards} forwards`);
  });

  it('refuses what the run would refuse', async () => {
    const { code, stderr } = await runInProcess(['plan', ...data, ...small, '--forwards', '5'], { cwd });
    expect(code).toBe(78);
    expect(lastLine(stderr)).toMatch(/^rlprompt: E_BUDGET: --forwards 5 ends before 3 updates/);
  });
});
