import { describe, expect, it } from 'vitest';
import type { RemoteUsage } from '../../src/events.js';
import { RemoteWatch } from '../../src/ui/remote-watch.js';
import { createPlainReporter } from '../../src/ui/reporters/plain-reporter.js';
import { FakeClock, FakeTerminal } from './fake-terminal.js';
import { spamRun } from './fixtures/spam-run.js';

const service: RemoteUsage = {
  model: 'openai:big',
  rows: 100,
  requests: 110,
  inFlight: 8,
  waitMs: 0,
  tokens: { read: 12_000, written: 345 },
  cost: 0.01234,
};

describe('what services and workers do', () => {
  it('is a line with rows per second, requests, tokens, cost, and the wait that the service asks for', () => {
    const clock = new FakeClock();
    let usage = service;
    const watch = new RemoteWatch(() => [usage], clock);
    expect(watch.lines()).toEqual(['openai:big: – rows/s · 8 in flight · 110 requests · 12,345 tokens · cost 0.0123']);
    clock.advance(2000);
    usage = { ...service, rows: 300, waitMs: 4200 };
    expect(watch.lines()[0]).toContain('100 rows/s · ');
    expect(watch.lines()[0]).toMatch(/ · the service asks to wait 5 s$/);
    // Nothing came back for longer than the window: the rate is no longer that of before.
    clock.advance(20_000);
    watch.lines();
    clock.advance(1000);
    expect(watch.lines()[0]).toContain('0.0 rows/s');
  });

  it('is, of a queue, a line with its workers and jobs', () => {
    const queue = { model: 'smollm2', rows: 64, requests: 2, inFlight: 1, waitMs: 0, workers: 3 };
    const [line] = new RemoteWatch(() => [queue], new FakeClock()).lines();
    expect(line).toBe('smollm2: 3 workers · – rows/s · 1 in flight · 2 jobs');
  });

  it('is, of a queue from which nothing comes back, the reason and what to do', () => {
    const trouble = 'no worker for 12 s; start one with `rlprompt worker`';
    const queue = { model: 'smollm2', rows: 64, requests: 2, inFlight: 1, waitMs: 0, workers: 0, trouble };
    expect(new RemoteWatch(() => [queue], new FakeClock()).lines()).toEqual([`smollm2: ${trouble}`]);
  });

  it('is told by plain lines after an evaluation and in the heartbeat', async () => {
    const clock = new FakeClock();
    const stream = new FakeTerminal(120, 24);
    const reporter = createPlainReporter({
      stream,
      env: { NO_COLOR: '1' },
      clock,
      controls: { usage: () => [service], progress: () => undefined },
    });
    for (const event of spamRun().slice(0, 60)) reporter.report(event);
    const told = () => stream.all.match(/^ {2}openai:big: .*110 requests/gm)?.length ?? 0;
    const before = told();
    expect(before).toBeGreaterThan(0);
    clock.advance(31_000);
    expect(told()).toBe(before + 1);
    await reporter.close();
  });
});

describe('the heartbeat', () => {
  const told = async (events: number): Promise<string> => {
    const clock = new FakeClock();
    const stream = new FakeTerminal(120, 24);
    const progress = { doing: 'trying demonstrations', rows: 624, most: 1200 };
    const controls = { usage: () => [], progress: () => progress };
    const reporter = createPlainReporter({ stream, env: { NO_COLOR: '1' }, clock, controls });
    for (const event of spamRun().slice(0, events)) reporter.report(event);
    clock.advance(31_000);
    await reporter.close();
    return stream.all.split('\n').find((line) => line.includes('trying demonstrations')) ?? '';
  };

  it('counts the rows of what is being done, and no forwards before the first is reported', async () => {
    expect(await told(1)).toContain('trying demonstrations: 624 of at most 1,200 rows');
    expect(await told(1)).not.toContain('forwards');
    expect(await told(60)).toMatch(/624 of at most 1,200 rows {2}\S+ forwards\/s, [1-9][\d,]* forwards/);
  });
});
