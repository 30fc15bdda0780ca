import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { checkBudget } from '../../../src/run/plan/check-budget.js';
import { planRun } from '../../../src/run/plan/run-plan.js';
import { checkRun } from '../../../src/run/prepare/check-run.js';
import { followRun } from '../../follow-run.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';

const folder = mkdtempSync(join(tmpdir(), 'rlprompt-plan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const task = writeSmallData(folder);
const settings = (more: Partial<RunConfigInput> = {}): RunConfigInput => ({ ...SMALL_RUN, task, ...more });
const service = { target: 'openai:big', endpoint: 'http://127.0.0.1:1/v1', price: [2, 8] as [number, number] };

async function planned(more: Partial<RunConfigInput>) {
  const { task: loaded, config } = await checkRun(settings(more));
  return planRun(loaded, config);
}

describe('the plan of a run', () => {
  const variants: Partial<RunConfigInput>[] = [
    {},
    { initPrompts: ['This mail is'], ensemble: 2, calibrate: 'none' },
    { shots: 10, demos: 2, steps: 2 },
    { examplesPerStep: 4 },
    { inputConditioned: true, inputsPerStep: 2 },
    { forwards: 100, steps: 50 },
  ];
  it.each(variants)('says the forwards that the run takes: %j', async (more) => {
    const { events, result } = await followRun(
      settings({ ...more, out: join(folder, JSON.stringify(more).slice(0, 40)) }),
    );
    const [start] = events;
    const { forwards } = await planned(more);
    expect(start).toMatchObject({ type: 'run-start', plan: { forwards: { low: expect.any(Number) } } });
    expect(result!.forwards).toBeGreaterThanOrEqual(forwards.low);
    expect(result!.forwards).toBeLessThanOrEqual(forwards.high);
    expect(forwards.high).toBeLessThan(7 * forwards.low);
  });

  it('counts that rows which are demonstrations are read, and calibrated, after others', async () => {
    expect((await planned({ shots: 8, demos: 0 })).rows.step).toEqual({ low: 4 * 16, high: 4 * 16 });
    // 12 rows after the demonstrations, and 4 with the 8 that are not among the others: 24 for each of 4 prompts.
    expect((await planned({ shots: 8, demos: 4 })).rows.step).toEqual({ low: 4 * 16, high: 4 * 24 });
    expect((await planned({ shots: 8, demos: 4, calibrate: 'none' })).rows.step).toEqual({ low: 4 * 16, high: 4 * 16 });
  });

  it('counts the requests, tokens and money of a service', async () => {
    const { forwards, service: asked } = await planned(service);
    expect(asked!.requests).toEqual({ low: forwards.low, high: 2 * forwards.high });
    expect(asked!.written).toEqual({ low: forwards.low, high: 16 * forwards.high });
    // Rows of 30 to 45 letters in the template, with five tokens of a prompt.
    expect(asked!.read.low / asked!.requests.low).toBeGreaterThan(10);
    expect(asked!.read.high / asked!.requests.high).toBeLessThan(60);
    expect(asked!.cost!.low).toBeCloseTo((2 * asked!.read.low + 8 * asked!.written.low) / 1e6, 12);
    const eight = await planned({ ...service, endpointConcurrency: 8 });
    const one = await planned({ ...service, endpointConcurrency: 1 });
    expect(one.service!.seconds.high).toBeCloseTo(8 * eight.service!.seconds.high, 6);
  });
});

describe('a budget that ends before three updates', () => {
  const check = async (more: Partial<RunConfigInput>) => {
    const { task: loaded, config } = await checkRun(settings(more));
    checkBudget(loaded, config);
  };

  it('is refused by what the updates take, and just enough is not', async () => {
    // 6 train and 6 dev rows for no prompt, and 3 updates of 4 prompts on 6 rows.
    await expect(check({ forwards: 83 })).rejects.toMatchObject({
      code: 'E_BUDGET',
      where: '--forwards',
      message: expect.stringContaining('at least 84 forwards'),
    });
    await expect(check({ forwards: 84 })).resolves.toBeUndefined();
    await expect(check({ forwards: 60, steps: 2 })).resolves.toBeUndefined();
  });

  it('is refused in tokens and in money, the final evaluation included', async () => {
    await expect(check({ ...service, maxTokens: 500 })).rejects.toMatchObject({
      code: 'E_BUDGET',
      where: '--max-tokens',
    });
    await expect(check({ ...service, maxCost: 0.001 })).rejects.toMatchObject({
      code: 'E_BUDGET',
      where: '--max-cost',
    });
    await expect(check({ ...service, maxTokens: 50_000, maxCost: 1 })).resolves.toBeUndefined();
  });

  it('is refused before a run folder is made', async () => {
    const out = join(folder, 'refused');
    const { error, events } = await followRun(settings({ forwards: 10, out }));
    expect(error).toMatchObject({ code: 'E_BUDGET', exitCode: 78 });
    expect(events).toEqual([]);
  });
});
