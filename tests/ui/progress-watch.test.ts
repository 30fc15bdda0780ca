import { describe, expect, it } from 'vitest';
import type { RunProgress } from '../../src/events.js';
import { ProgressWatch, progressText } from '../../src/ui/progress-watch.js';
import { FakeClock } from './fake-terminal.js';

describe('how far something is', () => {
  it('tells the time it took and the time left at the pace so far', () => {
    const clock = new FakeClock();
    let progress: RunProgress | undefined;
    const watch = new ProgressWatch(() => progress, clock);
    expect(watch.now()).toBeUndefined();
    progress = { doing: 'finding label words', rows: 0, most: 1200 };
    expect(watch.now()).toMatchObject({ seconds: 0, secondsLeft: undefined });
    clock.advance(10_000);
    progress = { doing: 'trying demonstrations', rows: 300, most: 1200 };
    expect(watch.now()).toMatchObject({ seconds: 10, secondsLeft: 30 });
    expect(progressText(progress)).toBe('trying demonstrations: 300 of at most 1,200 rows');
  });

  it('begins again with the next thing', () => {
    const clock = new FakeClock();
    let progress: RunProgress = { doing: 'step 1', rows: 0, most: 512 };
    const watch = new ProgressWatch(() => progress, clock);
    watch.now();
    clock.advance(8_000);
    progress = { doing: 'step 1', rows: 400, most: 512 };
    watch.now();
    progress = { doing: 'step 2', rows: 10, most: 512 };
    expect(watch.now()).toMatchObject({ seconds: 0, secondsLeft: undefined });
    clock.advance(1_000);
    progress = { doing: 'step 2', rows: 110, most: 512 };
    expect(watch.now()?.secondsLeft).toBeCloseTo(4.02, 12);
  });
});
