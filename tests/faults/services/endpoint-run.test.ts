import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { checkpointHash } from '../../checkpoint-hash.js';
import { runCli, TINY_MODEL, tinyTask } from '../../cli/spawn-cli.js';
import { followRun } from '../../follow-run.js';
import { FakeService, sendJson } from '../../lm/endpoint/fake-service.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';
import { tell } from '../report/figures.js';

const KILLS = Number(process.env.RLPROMPT_TEST_KILLS ?? 3);
/** Steps of the run that meets faults. */
const STEPS = Number(process.env.RLPROMPT_TEST_FAULT_STEPS ?? 2);

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-many-'));
let service: FakeService;
beforeEach(async () => {
  service = await FakeService.start((text) => {
    const spam = 0.1 + 0.8 * unitHash(text);
    return [{ free: spam, list: 0.95 - spam, the: 0.05 }];
  });
});
afterEach(() => service.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A number in [0, 1) that depends on all of a text. */
function unitHash(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32LE() / 2 ** 32;
}

describe('a run over a service', () => {
  const small: Partial<RunConfigInput> = { ...SMALL_RUN, target: 'openai:tiny', endpointTimeout: 3 };

  /** 10 % 429, 5 % 500, 5 % resets, 5 % cut JSON, 1 % hangs, each by the draw of a request's number. */
  const meddle = (response: ServerResponse, count: number): boolean => {
    const draw = unitHash(`fault ${count}`);
    if (count === 1 || draw >= 0.26) return false;
    if (draw < 0.1) sendJson(response, 429, { error: 'slow down' }, { 'retry-after-ms': '20' });
    else if (draw < 0.15) sendJson(response, 500, { error: 'oops' });
    else if (draw < 0.2) response.destroy();
    else if (draw < 0.25) response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices": [{"te');
    return true;
  };

  it('has the checkpoint of one without faults, whatever the service did', async (context) => {
    const task = writeSmallData(folder);
    const run = (name: string) =>
      followRun({ ...small, steps: STEPS, task, endpoint: service.endpoint, out: join(folder, name) });
    expect((await run('calm')).error).toBeUndefined();
    const calm = service.requests.length;
    let faults = 0;
    service.interfere = (response, _, count) => {
      const isFault = meddle(response, count);
      if (isFault) faults++;
      return isFault;
    };
    const stormy = await run('stormy');
    expect(stormy.error).toBeUndefined();
    // Told when it begins and each time it doubles, so that a bad hour is no flood of lines.
    const told = stormy.events.flatMap((event) =>
      event.type === 'warning' && event.code === 'requests-repeated' ? [event.message] : [],
    );
    expect(told[0]).toMatch(/^openai:tiny: \d+ of \d+ requests failed and were sent again; the last: ./);
    expect(told.length).toBeLessThanOrEqual(Math.ceil(Math.log2(faults)) + 1);
    console.log(`${calm} requests without faults; with ${faults} faults ${service.requests.length - calm}`);
    expect(faults).toBeGreaterThan(0.15 * calm);
    expect(service.requests.length - calm).toBe(calm + faults);
    expect(checkpointHash(join(folder, 'stormy'))).toBe(checkpointHash(join(folder, 'calm')));
    tell(context, { faults });
  }, 600_000);

  it('asks at most for what was in flight again when it is killed', async (context) => {
    const IN_FLIGHT = 4;
    const { cwd } = tinyTask();
    const data = ['mails.csv', '--text-column', 'text', '--label-column', 'label', '--shots', '3'];
    const words = ['--verbalizer', 'bad=free,good=list', '--generator', TINY_MODEL, '--top-k', '200'];
    const size = ['--steps', '6', '--prompts-per-step', '4', '--inner-size', '8', '--set', 'checkpointEvery=2'];
    const remote = [
      '--target',
      'openai:big',
      '--endpoint',
      service.endpoint,
      '--endpoint-concurrency',
      String(IN_FLIGHT),
    ];
    const begin = (out: string) => ['run', '--json', '--out', out, ...data, ...words, ...size, ...remote];
    expect((await runCli(begin('whole'), { cwd })).code).toBe(0);
    const whole = asked(service);
    service.requests.length = 0;

    service.latencyMs = 15;
    let again = begin('killed');
    for (let kill = 1; kill <= KILLS; kill++) {
      const at = Math.round((whole.size * kill) / (KILLS + 1));
      const { code } = await runCli(again, { cwd, onStart: (child) => killAt(child, at) });
      expect(code).toBeNull();
      again = ['resume', 'killed', '--json'];
    }
    expect((await runCli(again, { cwd })).code).toBe(0);
    const counts = asked(service);
    expect(new Set(counts.keys())).toEqual(new Set(whole.keys()));
    const twice = [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
    console.log(`${KILLS} kills: ${twice} of ${whole.size} requests were sent again, ${IN_FLIGHT} in flight`);
    expect(twice).toBeLessThanOrEqual(KILLS * IN_FLIGHT);
    expect(checkpointHash(join(cwd, 'killed'))).toBe(checkpointHash(join(cwd, 'whole')));
    tell(context, { kills: KILLS, rewardsLost: 0 });
  }, 600_000);

  /** Kills the program when the service has been asked so many different things. */
  function killAt(child: { kill(signal: 'SIGKILL'): boolean }, count: number): void {
    const timer = setInterval(() => {
      if (asked(service).size < count) return;
      clearInterval(timer);
      child.kill('SIGKILL');
    }, 5);
  }
});

/** How often each request was sent, but for the one that finds out what the service gives. */
function asked({ requests }: FakeService): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { body } of requests) {
    const text = JSON.stringify(body);
    if (!text.includes('1 + 1 =')) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}
