import { describe, expect, it } from 'vitest';
import { bestSoFar, curveCheckpoints } from '../../src/compare/best-so-far.js';
import { spreadOf } from '../../src/compare/spread.js';
import type { StepEndEvent } from '../../src/events.js';
import type { DevEvaluation } from '../../src/report/run-report.js';

const evaluation = (forwards: number, accuracy: number, devReward: number) =>
  ({ step: 1, forwards, best: { dev: { accuracy }, devReward } }) as unknown as DevEvaluation;
const step = (forwards: number, rewardMax: number) => ({ forwards, rewardMax }) as StepEndEvent;

describe('the best so far', () => {
  it('is null before anything was evaluated, and never falls', () => {
    const course = {
      evaluations: [evaluation(150, 0.75, 20), evaluation(250, 0.5, 30), evaluation(401, 1, 99)],
      steps: [step(100, 5), step(200, 9), step(300, 7)],
    };
    expect(bestSoFar(course, 'accuracy', [100, 200, 300, 400])).toEqual([
      { forwards: 100, devScore: null, devReward: null, trainReward: 5 },
      { forwards: 200, devScore: 0.75, devReward: 20, trainReward: 9 },
      { forwards: 300, devScore: 0.75, devReward: 30, trainReward: 9 },
      { forwards: 400, devScore: 0.75, devReward: 30, trainReward: 9 },
    ]);
  });

  it('is looked at in ten places, the last of them the limit', () => {
    expect(curveCheckpoints(2005)).toEqual([201, 401, 602, 802, 1003, 1203, 1404, 1604, 1805, 2005]);
  });
});

describe('a spread', () => {
  it('is the mean and the sample standard deviation', () => {
    expect(spreadOf([2, 4, 9])).toEqual({ mean: 5, sd: Math.sqrt(13), n: 3 });
  });

  it('of one value has no deviation, and with a value missing there is none', () => {
    expect(spreadOf([3])).toEqual({ mean: 3, sd: null, n: 1 });
    expect(spreadOf([3, null])).toBeNull();
    expect(spreadOf([])).toBeNull();
  });
});
