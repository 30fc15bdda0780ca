import { describe, expect, it } from 'vitest';
import type { Reporter, RunEvent } from '../../src/events.js';
import { createJsonReporter } from '../../src/ui/reporters/json-reporter.js';
import { createPlainReporter } from '../../src/ui/reporters/plain-reporter.js';
import { replayEvents } from '../../src/ui/reporters/replay-events.js';
import { FakeClock, FakeTerminal, forbiddenIn } from './fake-terminal.js';
import { spamRun } from './fixtures/spam-run.js';

function plain(env: Record<string, string> = { NO_COLOR: '1' }): {
  terminal: FakeTerminal;
  clock: FakeClock;
  reporter: Reporter;
} {
  const terminal = new FakeTerminal(80, 24);
  const clock = new FakeClock();
  return { terminal, clock, reporter: createPlainReporter({ stream: terminal, env, clock }) };
}

describe('the plain reporter', () => {
  it('tells a run in a line an evaluation, without escape codes', async () => {
    const { terminal, reporter } = plain();
    for (const event of spamRun()) reporter.report(event);
    await reporter.close();
    expect(`\n${terminal.all}`).toMatchInlineSnapshot(`
      "
      spam (classification): generator mail-4m, target mail-4m, log-variance, preset default, seed 0
      32 train, 32 dev, 400 test examples; run folder runs/spam-20260301-101500
      loading …
      baselines …
      baselines on dev: no prompt 0.500, “Is this mail spam? It is” 0.719
      training …
      warning: all prompts of step 7 got the same reward · raise --temperature
      step  20/200  reward -11.1 mean, 20.3 max  left 1:30  dev accuracy 0.562, train 0.594  “the list of”
      step  40/200  reward -1.3 mean, 28.6 max  left 1:20  dev accuracy 0.688, train 0.719  “Click here for”
      prompt added: dev accuracy 0.781, train 0.844  “This message is an offer”
      step  60/200  reward 14.7 mean, 39.1 max  left 1:10  dev accuracy 0.750, train 0.781  “More about this”
      step  80/200  reward 13.4 mean, 40.2 max  left 1:00  dev accuracy 0.813, train 0.844  “For more information about”
      step 100/200  reward 24.7 mean, 47.2 max  left 0:50  dev accuracy 0.844, train 0.906  “Offer: more information on”
      step 120/200  reward 31.5 mean, 51.4 max  left 0:40  dev accuracy 0.875, train 0.906  “Subscribe for more on”
      step 140/200  reward 32.7 mean, 52.7 max  left 0:30  dev accuracy 0.875, train 0.906  “Subscribe for more on”
      step 160/200  reward 39.9 mean, 56.8 max  left 0:20  dev accuracy 0.875, train 0.906  “Subscribe for more on”
      step 180/200  reward 30.5 mean, 52.4 max  left 0:10  dev accuracy 0.875, train 0.906  “Subscribe for more on”
      step 200/200  reward 36.9 mean, 55.8 max  left 0:00  dev accuracy 0.875, train 0.906  “Subscribe for more on”
      final evaluation …
      spam · best after 200 steps, 1:47, 46,112 forwards, 38 % cache hits

                            dev     test   accuracy, 400 test examples
        found             0.875    0.853   “Subscribe for more on”
        hand-written      0.719    0.690   “Is this mail spam? It is”
        no prompt         0.500    0.512

        run folder    runs/spam-20260301-101500
        next          rlprompt export runs/spam-20260301-101500 --format json
                      rlprompt top runs/spam-20260301-101500
      "
    `);
    expect(terminal.all).not.toContain('\u001B');
  });

  it('tells a warning to its end, where it says what to do', async () => {
    const { terminal, reporter } = plain();
    const [start] = spamRun();
    const hint = 'more train examples, or another seed';
    const event = { seq: 1, type: 'warning', code: 'gap', message: 'the search fits its examples '.repeat(7), hint };
    reporter.report(start!);
    reporter.report(event as RunEvent);
    await reporter.close();
    expect(terminal.all).toContain(`${hint}\n`);
  });

  it('gives a sign of life after half a minute of silence, and none once closed', async () => {
    const { terminal, clock, reporter } = plain();
    for (const event of spamRun(30)) reporter.report(event);
    const before = terminal.written.length;
    clock.advance(29_999);
    expect(terminal.written).toHaveLength(before);
    clock.advance(1);
    expect(terminal.written.at(-1)).toMatchInlineSnapshot(`
      "step  30/200  training  568 forwards/s, 9,312 forwards, 11 % cache hits  left 1:25
      "
    `);
    clock.advance(60_000);
    expect(terminal.written).toHaveLength(before + 3);
    await reporter.close();
    clock.advance(60_000);
    expect(terminal.written).toHaveLength(before + 3);
  });

  it('colours only where asked, and escapes what a model wrote', async () => {
    const { terminal, reporter } = plain({ FORCE_COLOR: '1' });
    reporter.report({ type: 'warning', code: 'W', message: '\u001B]52;c;x\u0007', seq: 0 });
    expect(terminal.all).toBe('\u001B[33mwarning: \\x1b]52;c;x\\x07\u001B[39m\n');
    expect(forbiddenIn(terminal.all)).toEqual([]);
    await reporter.close();
  });

  it('continues when the reader of its lines is gone', async () => {
    const { terminal, reporter } = plain();
    terminal.write = () => {
      throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    };
    for (const event of spamRun()) reporter.report(event);
    terminal.emit('error', new Error('write EPIPE'));
    await reporter.close();
  });
});

describe('the JSON reporter', () => {
  it('writes each event as one line that parses to the same event', async () => {
    const terminal = new FakeTerminal(80, 24);
    const reporter = createJsonReporter(terminal);
    const hostile: RunEvent = {
      type: 'warning',
      code: 'W',
      message: 'a\u001B]52;\u009Db\u202Ec\u2028d\u{e0041}\nе',
      seq: 99,
    };
    const events = [...spamRun(21), hostile];
    for (const event of events) reporter.report(event);
    await reporter.close();
    const lines = terminal.all.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(events);
    expect(forbiddenIn(terminal.all)).toEqual([]);
    expect(terminal.all).toContain('d\\udb40\\udc41\\n');
  });
});

describe('a replay', () => {
  it('takes the time of the steps, divided by the speed', async () => {
    const waits: number[] = [];
    const seen: string[] = [];
    const reporter: Reporter = { report: (event) => seen.push(event.type), close: () => Promise.resolve() };
    const sleep = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
    await replayEvents(spamRun(3), reporter, { speed: 10, sleep });
    expect(waits).toEqual([50, 50, 50]);
    expect(seen).toEqual(spamRun(3).map(({ type }) => type));
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const reporter: Reporter = {
      report(event) {
        seen.push(event.type);
        if (event.type === 'step-end') stop.abort();
      },
      close: () => Promise.resolve(),
    };
    await replayEvents(spamRun(9), reporter, { speed: 0.001, signal: stop.signal, sleep: () => Promise.resolve() });
    expect(seen.filter((type) => type === 'step-end')).toHaveLength(1);
  });

  it('refuses a speed that is not above zero', async () => {
    const reporter: Reporter = { report: () => {}, close: () => Promise.resolve() };
    for (const speed of [0, -1, Number.NaN]) {
      await expect(replayEvents([], reporter, { speed })).rejects.toMatchObject({
        code: 'E_REPLAY_SPEED',
        exit: 'usage',
      });
    }
  });
});
