import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadline } from '../../src/user-code/deadline.js';

describe('a deadline', () => {
  let expired: number;
  const deadlineOf = (milliseconds: number): Deadline => new Deadline(milliseconds, () => expired++);
  beforeEach(() => {
    vi.useFakeTimers();
    expired = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('expires once, when its time is over', () => {
    deadlineOf(100);
    vi.advanceTimersByTime(99);
    expect(expired).toBe(0);
    vi.advanceTimersByTime(500);
    expect(expired).toBe(1);
  });

  it('stands still while it is paused, until the last of several pauses ends', () => {
    const deadline = deadlineOf(100);
    vi.advanceTimersByTime(60);
    deadline.pause();
    vi.advanceTimersByTime(30);
    deadline.pause();
    vi.advanceTimersByTime(1000);
    deadline.resume();
    vi.advanceTimersByTime(1000);
    expect(expired).toBe(0);
    deadline.resume();
    vi.advanceTimersByTime(39);
    expect(expired).toBe(0);
    vi.advanceTimersByTime(1);
    expect(expired).toBe(1);
  });

  it('is over at once where its time was used up before a pause', () => {
    const deadline = deadlineOf(0);
    deadline.pause();
    deadline.resume();
    vi.advanceTimersByTime(1);
    expect(expired).toBe(1);
  });

  it('never expires once it was stopped, not even when a pause ends afterwards', () => {
    deadlineOf(100).stop();
    const paused = deadlineOf(100);
    paused.pause();
    paused.stop();
    paused.resume();
    vi.advanceTimersByTime(10_000);
    expect(expired).toBe(0);
  });

  it('of more than a timer can hold does not expire at once', () => {
    deadlineOf(2 ** 40);
    vi.advanceTimersByTime(1000);
    expect(expired).toBe(0);
  });
});
