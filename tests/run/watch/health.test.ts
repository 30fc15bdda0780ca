import { describe, expect, it } from 'vitest';
import { RlpromptError } from '../../../src/errors.js';
import { isFlat, type StepOutcome, uniqueShare } from '../../../src/run/loop/step-statistics.js';
import { Health } from '../../../src/run/watch/health.js';

const metrics = { loss: 0, gradNorm: 0, entropy: 1 };
const rollouts = (texts: string[]) => texts.map((text) => ({ tokenIds: [], text, trace: undefined }));
const rewards = (zScores: number[]) => zScores.map((zScored) => ({ raw: 0, zScored, shaped: 0 }));

type Step = Pick<StepOutcome, 'rewards' | 'rollouts' | 'metrics'>;

function observe(health: Health, steps: number, { rewards: given, rollouts: proposed, metrics: learned }: Step) {
  const step = { flat: isFlat(given), uniquePrompts: uniqueShare(proposed), metrics: learned };
  return Array.from({ length: steps }, () => health.observe(step)?.code).filter((code) => code !== undefined);
}

describe('Health', () => {
  it('warns once after fifty flat steps in a row', () => {
    const health = new Health({ hasPolicy: true });
    const flat = { rewards: rewards([0, 0]), metrics, rollouts: rollouts(['a', 'b']) };
    expect(observe(health, 49, flat)).toEqual([]);
    expect(observe(health, 20, flat)).toEqual(['flat-rewards']);
  });

  it('starts counting again after a step with differences', () => {
    const health = new Health({ hasPolicy: true });
    const flat = { rewards: rewards([0, 0]), metrics, rollouts: rollouts(['a', 'b']) };
    observe(health, 49, flat);
    observe(health, 1, { ...flat, rewards: rewards([-1, 1]) });
    expect(observe(health, 49, flat)).toEqual([]);
  });

  it('says that the policy collapsed when it repeats one prompt', () => {
    const health = new Health({ hasPolicy: true });
    const same = { rewards: rewards([1, -1, 1, -1]), metrics, rollouts: rollouts(['a', 'a', 'a', 'a']) };
    expect(observe(health, 12, same)).toEqual(['policy-collapsed']);
  });

  it('says so too when the policy is sure of every token, however often its prompts are drawn again', () => {
    const narrow = {
      rewards: rewards([1, -1]),
      metrics: { ...metrics, entropy: 0.02 },
      rollouts: rollouts(['a', 'b']),
    };
    expect(observe(new Health({ hasPolicy: true }), 12, narrow)).toEqual(['policy-collapsed']);
    expect(observe(new Health({ hasPolicy: false }), 12, narrow)).toEqual([]);
  });

  it('looks at what the policy itself draws where a trainer says so, not at what was bred beside it', () => {
    const own = (share: number) => ({
      rewards: rewards([1, -1, 0, 0]),
      metrics: { ...metrics, 'policy/distinct': share },
      rollouts: rollouts(['a', 'b', 'c', 'd']),
    });
    expect(observe(new Health({ hasPolicy: true }), 12, own(0.125))).toEqual(['policy-collapsed']);
    expect(observe(new Health({ hasPolicy: true }), 12, own(0.5))).toEqual([]);
  });

  it('says it again when the policy restarted and collapsed again', () => {
    const health = new Health({ hasPolicy: true });
    const same = { rewards: rewards([1, -1, 1, -1]), metrics, rollouts: rollouts(['a', 'a', 'a', 'a']) };
    observe(health, 10, same);
    health.noteRestart();
    expect(observe(health, 9, same)).toEqual([]);
    expect(observe(health, 1, same)).toEqual(['policy-collapsed']);
  });

  it('ends a run whose updates are never finite, with the numeric exit code', () => {
    const health = new Health({ hasPolicy: true });
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
    expect(error).toMatchObject({ code: 'E_DIVERGED', exitCode: 3 });
  });

  it('remembers its counts over a resume', () => {
    const health = new Health({ hasPolicy: true });
    const flat = { rewards: rewards([0, 0]), metrics, rollouts: rollouts(['a', 'b']) };
    observe(health, 30, flat);
    const resumed = new Health({ hasPolicy: true });
    resumed.restore(health.save());
    expect(observe(resumed, 20, flat)).toEqual(['flat-rewards']);
  });
});
