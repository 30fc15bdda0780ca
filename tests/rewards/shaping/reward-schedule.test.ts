import { describe, expect, it } from 'vitest';
import { RewardSchedule } from '../../../src/rewards/shaping/reward-schedule.js';

const cooling = { rewardTo: [0, 5], rewardToEnd: [0, 20], steps: 100 } as const;

describe('RewardSchedule', () => {
  it('stays at rewardTo without an end', () => {
    const schedule = new RewardSchedule({ rewardTo: [0, 5], steps: 100 });
    expect(schedule.rangeAt({ step: 0, forwards: 0 })).toEqual([0, 5]);
    expect(schedule.rangeAt({ step: 99, forwards: 1e6 })).toEqual([0, 5]);
    expect(schedule.isChanging).toBe(false);
  });

  it('goes from one range to the other in a straight line over the steps', () => {
    const schedule = new RewardSchedule({ ...cooling, rewardToEnd: [-10, 20] });
    const at = (step: number) => schedule.rangeAt({ step, forwards: 0 });
    expect([at(0), at(50), at(100), at(150)]).toEqual([
      [0, 5],
      [-5, 12.5],
      [-10, 20],
      [-10, 20],
    ]);
  });

  it('follows the limit that is nearer to its end', () => {
    const schedule = new RewardSchedule({ ...cooling, forwards: 1000 });
    expect(schedule.rangeAt({ step: 10, forwards: 800 })).toEqual([0, 17]);
    expect(schedule.rangeAt({ step: 90, forwards: 100 })[1]).toBeCloseTo(18.5, 12);
  });

  it('does not count what was used before the first step', () => {
    const schedule = new RewardSchedule({ ...cooling, forwards: 1000 });
    schedule.begin(400);
    const at = (forwards: number) => schedule.rangeAt({ step: 0, forwards })[1];
    expect([at(400), at(700), at(1000), at(2000)]).toEqual([5, 12.5, 20, 20]);
    const resumed = new RewardSchedule({ ...cooling, forwards: 5000 });
    resumed.restore(JSON.parse(JSON.stringify(schedule.save())));
    expect(resumed.rangeAt({ step: 0, forwards: 700 })).toEqual([0, 12.5]);
  });

  it('keeps its line when a resumed run has higher limits', () => {
    const saved = new RewardSchedule({ ...cooling, forwards: 1000 }).save();
    const resumed = new RewardSchedule({ ...cooling, steps: 500, forwards: 5000 });
    resumed.restore(JSON.parse(JSON.stringify(saved)));
    expect(resumed.rangeAt({ step: 50, forwards: 0 })).toEqual([0, 12.5]);
    expect(resumed.rangeAt({ step: 300, forwards: 3000 })).toEqual([0, 20]);
  });

  it('takes a tenth of its width back for each step of a cooled search that was too sure', () => {
    const schedule = new RewardSchedule(cooling);
    const widthAt = (step: number): number => schedule.rangeAt({ step, forwards: 0 })[1];
    schedule.softenIfSure(1);
    expect(widthAt(0)).toBe(5);
    schedule.softenIfSure(0.99);
    expect([widthAt(0), widthAt(100)]).toEqual([expect.closeTo(4.506, 3), expect.closeTo(18.025, 3)]);
    for (let step = 0; step < 50; step++) schedule.softenIfSure(0);
    expect([widthAt(0), schedule.canSoften]).toEqual([0.625, false]);
  });

  it('leaves a range alone that is not cooled, however sure the policy is', () => {
    const schedule = new RewardSchedule({ rewardTo: [0, 5], steps: 100 });
    schedule.softenIfSure(0);
    expect([schedule.rangeAt({ step: 0, forwards: 0 }), schedule.isChanging]).toEqual([[0, 5], false]);
  });

  it('is halved by each of three collapses, and no further', () => {
    const schedule = new RewardSchedule({ rewardTo: [-4, 8], steps: 100 });
    const widths = [];
    while (schedule.canSoften) {
      schedule.soften();
      widths.push(schedule.rangeAt({ step: 0, forwards: 0 }));
    }
    expect(widths).toEqual([
      [-2, 4],
      [-1, 2],
      [-0.5, 1],
    ]);
    const resumed = new RewardSchedule({ rewardTo: [-4, 8], steps: 100 });
    resumed.restore(schedule.save());
    expect([resumed.canSoften, resumed.isChanging]).toEqual([false, true]);
  });
});
