import { describe, expect, it } from 'vitest';
import type { RunEvent, StepEndEvent } from '../../src/events.js';
import { forwardsPerSecond } from '../../src/ui/pace.js';
import {
  cacheHitRate,
  INITIAL_SCREEN,
  reduceScreen,
  type ScreenState,
  screenTimeLeft,
} from '../../src/ui/screen-state.js';
import { spamRun } from './fixtures/spam-run.js';

function play(events: readonly RunEvent[], from = INITIAL_SCREEN): ScreenState {
  return events.reduce(reduceScreen, from);
}

function step(number: number, change: Partial<StepEndEvent> = {}): StepEndEvent {
  const template = spamRun(1).find((event) => event.type === 'step-end')!;
  return { ...template, step: number, seconds: 1, forwards: 100 * number, ...change };
}

function start(limits: { steps: number; forwards?: number; minutes?: number }): RunEvent[] {
  const event = spamRun(0)[0]!;
  return [{ ...event, limits } as RunEvent, { type: 'phase-start', phase: 'training', seq: 1 }];
}

describe('the screen state', () => {
  it('gathers a whole run', () => {
    const state = play(spamRun());
    expect(state).toMatchObject({
      phase: 'finished',
      step: 200,
      flatSteps: 1,
      skippedSteps: 0,
      warnings: 1,
      savedStep: 200,
    });
    expect(state.bestKey).toBe('Subscribe for more on');
    expect(state.prompts.map(({ dev }) => dev?.accuracy)).toEqual([0.875, 0.844, 0.813, 0.781, 0.75, 0.688, 0.562]);
    expect(state.devScore.points.at(-1)?.value).toBe(0.875);
  });

  it('stays small over a hundred thousand steps and keeps the shape of the curves', () => {
    let state = play(start({ steps: 100_000 }));
    for (let n = 1; n <= 100_000; n++)
      state = reduceScreen(state, step(n, { rewardMean: n, rewardMax: n === 60_001 ? 1e6 : n }));
    const { points } = state.rewardMean;
    expect(points.length).toBeLessThanOrEqual(512);
    expect(
      points.every(({ step: at, value }, i) => Math.abs(value - at) < 256 && at > (points[i - 1]?.step ?? 0)),
    ).toBe(true);
    expect(Math.max(...state.rewardMax.points.map(({ value }) => value))).toBe(1e6);
    expect(state.log.length).toBeLessThanOrEqual(50);
  });

  it('tells the time left to the limit that comes first', () => {
    const steps = [1, 2, 3].map((n) => step(n));
    expect(screenTimeLeft(play([...start({ steps: 10 }), ...steps]))).toEqual({ limit: 'steps', seconds: 7 });
    expect(screenTimeLeft(play([...start({ steps: 10, forwards: 500 }), ...steps]))).toEqual({
      limit: 'forwards',
      seconds: 2,
    });
    expect(screenTimeLeft(play([...start({ steps: 10, minutes: 0.1 }), ...steps]))).toEqual({
      limit: 'minutes',
      seconds: 3,
    });
    expect(screenTimeLeft(play(start({ steps: 10 })))).toBeUndefined();
    // What a step takes is known from the second on; all the steps would be many times too much.
    expect(screenTimeLeft(play([...start({ steps: 10, forwards: 500 }), step(1)]))).toBeUndefined();
  });

  it('counts the end in the time left after the first step, also of a resumed run', () => {
    const otherRows = { evaluation: { low: 0, high: 0 }, evaluationEvery: 10, final: { low: 300, high: 500 } };
    const [first, ...others] = start({ steps: 2 });
    const begun = [{ ...first, otherRows } as RunEvent, ...others];
    const { forwards } = step(1) as RunEvent & { type: 'step-end' };
    const baselines = { type: 'baselines-end', seq: 0, baselines: [], forwards: forwards - 100, cacheHits: 0 } as const;
    // A step of a second and 100 rows, and an end of about 400.
    const whole = play([...begun, baselines, step(1)]);
    expect(screenTimeLeft(whole)?.seconds).toBeCloseTo(5);
    const resumed = { ...first, otherRows, resumedAtStep: 1 } as RunEvent;
    const again = [...others.slice(-1), step(2)].reduce(reduceScreen, reduceScreen(whole, resumed));
    expect(screenTimeLeft(again)?.seconds).toBeCloseTo(4);
  });

  it('counts the evaluations to come and the end in the time left', () => {
    const otherRows = { evaluation: { low: 0, high: 200 }, evaluationEvery: 4, final: { low: 300, high: 500 } };
    const [first, ...others] = start({ steps: 10 });
    const events = [{ ...first, otherRows } as RunEvent, ...others, step(1), step(2), step(3)];
    // Seven steps of a second, two evaluations of about 100 rows and an end of about 400, at 100 rows a second.
    expect(screenTimeLeft(play(events))).toEqual({ limit: 'steps', seconds: 7 + 2 + 4 });
    expect(screenTimeLeft(play([...events, step(4), step(5)]))?.seconds).toBe(5 + 1 + 4);
  });

  it('knows the best prompt on train until dev was asked', () => {
    const leader = { tokenIds: [1], tokens: ['a'], text: 'a', step: 1, reward: 3, train: { accuracy: 0.8 } };
    const led = step(1, { leader: { ...leader, origin: 'policy' } });
    const state = play([...start({ steps: 5 }), led]);
    expect(state.leader?.text).toBe('a');
    const evaluation = { type: 'evaluation-end', step: 1, prompts: [], forwards: 1, cacheHits: 1, seq: 1 } as const;
    expect(play([evaluation], state).leader).toBeUndefined();
    expect(play([step(2)], state).leader).toBeUndefined();
  });

  it('counts forwards a second without those of the baselines, and the share of cache hits', () => {
    const state = play([
      ...start({ steps: 10 }),
      step(1, { forwards: 5000, cacheHits: 0 }),
      step(2, { forwards: 5300, cacheHits: 1325 }),
    ]);
    expect(forwardsPerSecond(state.pace)).toBe(300);
    expect(cacheHitRate(state)).toBe(0.2);
  });

  it('draws numbers that JSON lost as gaps', () => {
    const event = JSON.parse(
      JSON.stringify(step(1, { rewardMean: Number.NaN, loss: Number.POSITIVE_INFINITY })),
    ) as RunEvent;
    expect(play([...start({ steps: 5 }), event]).rewardMean.points[0]?.value).toBeNaN();
  });

  it('continues from the checkpoint when a run is resumed', () => {
    const again = { ...spamRun(0)[0]!, resumedAtStep: 40 } as RunEvent;
    const training: RunEvent[] = [{ type: 'phase-start', phase: 'training', seq: 1 }, step(41)];
    const state = play([again, ...training], play(spamRun(50)));
    expect(state.rewardMean.points.map((point) => point.step)).toEqual(Array.from({ length: 41 }, (_, i) => i + 1));
    expect(state.prompts.length).toBeGreaterThan(0);
    expect(state).toMatchObject({ secondsBefore: 20, savedStep: 40 });
    expect(state.pace.seconds).toBe(21);
    const limited = { ...again, limits: { steps: 1000, minutes: 1 } } as RunEvent;
    const left = screenTimeLeft(play([limited, ...training], play(spamRun(50))));
    expect(left).toEqual({ limit: 'minutes', seconds: 39 });
  });

  it('orders prompts as they are chosen: by dev, or by train and dev where the run says so', () => {
    const scored = (text: string, train: number, dev?: number) => ({
      tokenIds: [train],
      tokens: [text],
      text,
      step: 1,
      reward: 50,
      train: { accuracy: train },
      ...(dev === undefined ? {} : { dev: { accuracy: dev }, devReward: 50 }),
      origin: 'policy' as const,
    });
    const prompts = [scored('fitted', 1, 0.75), scored('chosen', 0.8, 0.9), scored('not on dev', 1)];
    const evaluation = { type: 'evaluation-end', step: 60, prompts, forwards: 1, cacheHits: 1, seq: 1 } as const;
    const [start] = spamRun(50).filter((event) => event.type === 'run-start');
    const order = (select?: 'dev' | 'pooled') =>
      play([{ ...start!, ...(select && { select }) }, evaluation]).prompts.map(({ text }) => text);
    expect(order()).toEqual(['chosen', 'fitted', 'not on dev']);
    expect(order('dev')).toEqual(order());
    expect(order('pooled')).toEqual(['fitted', 'chosen', 'not on dev']);
  });

  it('keeps a prompt of the user however many are better', () => {
    const better = Array.from({ length: 80 }, (_, i) => ({
      tokenIds: [i],
      tokens: [`p${i}`],
      text: `p${i}`,
      step: 60,
      reward: 90,
      train: { accuracy: 1 },
      dev: { accuracy: 1 },
      devMargin: 1,
      origin: 'policy' as const,
    }));
    const state = play([
      ...spamRun(50),
      { type: 'evaluation-end', step: 60, prompts: better, forwards: 1, cacheHits: 1, seq: 1 },
    ]);
    expect(state.prompts.map(({ text }) => text)).toContain('This message is an offer');
    expect(state.prompts).toHaveLength(51);
  });
});
