import { describe, expect, it } from 'vitest';
import { RlpromptError } from '../../src/errors.js';
import { Health } from '../../src/run/health.js';

const metrics = { loss: 0, gradNorm: 0, entropy: 1 };
const rollouts = (texts: string[]) => texts.map((text) => ({ tokenIds: [], text, trace: undefined }));
const rewards = (zScores: number[]) => zScores.map((zScored) => ({ raw: 0, zScored, shaped: 0 }));

function observe(health: Health, steps: number, step: Parameters<Health['observe']>[0]) {
  return Array.from({ length: steps }, () => health.observe(step)?.code).filter((code) => code !== undefined);
}

describe('Health', () => {
  it('warns once after fifty flat steps in a row', () => {
    const health = new Health();
    const flat = { rewards: rewards([0, 0]), metrics, rollouts: rollouts(['a', 'b']) };
    expect(observe(health, 49, flat)).toEqual([]);
    expect(observe(health, 20, flat)).toEqual(['flat-rewards']);
  });

  it('starts counting anew after a step with differences', () => {
    const health = new Health();
    const flat = { rewards: rewards([0, 0]), metrics, rollouts: rollouts(['a', 'b']) };
    observe(health, 49, flat);
    health.observe({ ...flat, rewards: rewards([-1, 1]) });
    expect(observe(health, 49, flat)).toEqual([]);
  });

  it('says that the policy collapsed when it repeats one prompt', () => {
    const health = new Health();
    const same = { rewards: rewards([1, -1, 1, -1]), metrics, rollouts: rollouts(['a', 'a', 'a', 'a']) };
    expect(observe(health, 12, same)).toEqual(['policy-collapsed']);
  });

  it('ends a run whose updates are never finite, with the numeric exit code', () => {
    const health = new Health();
    const skipped = {
      rewards: rewards([1, -1]),
      metrics: { ...metrics, skipped: true },
      rollouts: rollouts(['a', 'b']),
    };
    observe(health, 9, skipped);
    expect(() => health.guard(9, 'runs/x', 'rlprompt resume runs/x')).not.toThrow();
    observe(health, 1, skipped);
    const error = (() => {
      try {
        health.guard(10, 'runs/x', 'rlprompt resume runs/x');
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(RlpromptError);
    expect((error as RlpromptError).exitCode).toBe(3);
  });

  it('remembers its counts over a resume', () => {
    const health = new Health();
    const flat = { rewards: rewards([0, 0]), metrics, rollouts: rollouts(['a', 'b']) };
    observe(health, 30, flat);
    const resumed = new Health();
    resumed.restore(health.save());
    expect(observe(resumed, 20, flat)).toEqual(['flat-rewards']);
  });
});
