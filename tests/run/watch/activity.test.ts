import { describe, expect, it } from 'vitest';
import { Activity } from '../../../src/run/watch/activity.js';

describe('what a run is doing', () => {
  it('counts rows from where it began, and never more than there can be', () => {
    let rows = 100;
    const activity = new Activity(() => rows);
    expect(activity.progress).toBeUndefined();
    activity.begin('choosing label words', 50);
    rows += 20;
    expect(activity.progress).toEqual({ doing: 'choosing label words', most: 50, rows: 20 });
    activity.tell('trying demonstrations');
    activity.noteBest({ prompt: 'It is', score: 0.75 });
    rows += 40;
    expect(activity.progress).toEqual({
      doing: 'trying demonstrations',
      most: 50,
      rows: 50,
      best: { prompt: 'It is', score: 0.75 },
    });
    activity.begin('scoring the baselines', 10);
    expect(activity.progress).toEqual({
      doing: 'scoring the baselines',
      most: 10,
      rows: 0,
      best: { prompt: 'It is', score: 0.75 },
    });
    activity.end();
    activity.tell('nothing');
    expect(activity.progress).toBeUndefined();
    activity.begin('step 1', 10);
    expect(activity.progress).not.toHaveProperty('best');
  });
});
