import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnnumberedEvent } from '../../../../src/events.js';
import { EventLog, readEvents } from '../../../../src/run/store/logs/event-log.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { fullDisk } from './full-disk.js';

const step = (number: number): UnnumberedEvent => ({ type: 'run-continued', step: number });
const checkpoint = (number: number) => ({
  step: number,
  file: `checkpoints/step-${number}.safetensors`,
  sha256: `sha-${number}`,
});
const saved = (number: number): UnnumberedEvent => ({
  type: 'checkpoint-saved',
  ...checkpoint(number),
  elapsedSeconds: number * 10,
});

/** 1: step 1, 2: step 2, 3: checkpoint 2, 4: step 3. */
function logOfFour(): string {
  const runDir = temporaryFolder();
  const log = EventLog.open(runDir, undefined);
  for (const event of [step(1), step(2), saved(2), step(3)]) log.append(event);
  log.close();
  return runDir;
}

const seqs = (runDir: string): number[] => [...readEvents(runDir)].map(({ seq }) => seq);

describe('EventLog', () => {
  it('numbers events without gaps and writes each as a line that can be read at once', async () => {
    const runDir = temporaryFolder();
    const log = EventLog.open(runDir, undefined);
    const warning = log.append({ type: 'warning', code: 'x', message: 'lines\n\u2028 and 💡' });
    expect(warning).toMatchObject({ seq: 1, type: 'warning' });
    const events = [];
    for await (const event of readEvents(runDir)) events.push(event);
    expect(events).toEqual([warning]);
    expect(log.nextSeq).toBe(2);
    log.close();
  });

  it('continues after the checkpoint of a resume: later events are cut off, numbers and elapsed time continue', () => {
    const runDir = logOfFour();
    const log = EventLog.open(runDir, checkpoint(2));
    expect(log.notes).toEqual([]);
    expect(log.elapsedSeconds).toBe(20);
    expect(log.append(step(3)).seq).toBe(4);
    expect(seqs(runDir)).toEqual([1, 2, 3, 4]);
    log.close();
  });

  it('says what a process killed right after writing a checkpoint could not', () => {
    const runDir = logOfFour();
    EventLog.open(runDir, checkpoint(4)).close();
    expect([...readEvents(runDir)].at(-1)).toEqual({ seq: 5, ...saved(4), elapsedSeconds: 20 });
    EventLog.open(runDir, checkpoint(4)).close();
    expect(seqs(runDir)).toEqual([1, 2, 3, 4, 5]);
  });

  it('starts over where no checkpoint was written', () => {
    const runDir = logOfFour();
    EventLog.open(runDir, undefined).close();
    expect(seqs(runDir)).toEqual([]);
  });

  it('cuts off a torn end of any length, with one note', () => {
    const whole = readFileSync(join(logOfFour(), 'events.jsonl'));
    const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (let length = lastLine; length < whole.length; length++) {
      const runDir = temporaryFolder();
      writeFileSync(join(runDir, 'events.jsonl'), whole.subarray(0, length));
      expect(seqs(runDir)).toEqual([1, 2, 3]);
      const log = EventLog.open(runDir, checkpoint(9));
      expect(log.notes).toHaveLength(length === lastLine ? 0 : 1);
      log.close();
      expect(seqs(runDir)).toEqual([1, 2, 3, 4]);
    }
  });

  it('passes over damaged lines and never throws, whatever bytes the file holds', () => {
    const runDir = logOfFour();
    const path = join(runDir, 'events.jsonl');
    const whole = readFileSync(path);
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) }), { maxLength: 6 }),
        (changes) => {
          const changed = Buffer.from(whole);
          for (const { at, byte } of changes) changed[at] = byte;
          writeFileSync(path, changed);
          const found = seqs(runDir);
          expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
          const log = EventLog.open(runDir, checkpoint(2));
          const next = log.append(step(5)).seq;
          log.close();
          expect(seqs(runDir).at(-1)).toBe(next);
        },
      ),
      { numRuns: 300, seed: 7 },
    );
  });

  it('takes a half-written event back, so that the next one stands on a line of its own', () => {
    for (const canTakeBack of [true, false]) {
      const runDir = temporaryFolder();
      const disk = fullDisk({ partial: 5, canTakeBack });
      const log = EventLog.open(runDir, undefined, disk.fs);
      log.append(step(1));
      disk.isFull = true;
      expect(() => log.append(step(2))).toThrow(expect.objectContaining({ code: 'E_IO', exitCode: 74 }));
      disk.isFull = false;
      log.append(step(2));
      log.append(step(3));
      expect(seqs(runDir)).toEqual([1, 2, 3]);
      log.close();
    }
  });

  it('keeps numbers of a left-out step that are not finite, and refuses them elsewhere', () => {
    const runDir = temporaryFolder();
    const log = EventLog.open(runDir, undefined);
    const numbers = {
      seconds: 1,
      rewardMean: 1,
      rewardMax: 2,
      rewardStd: 0,
      entropy: 1,
      uniquePrompts: 1,
      forwards: 3,
      cacheHits: 4,
    };
    const metrics = { loss: Number.NaN, gradNorm: Number.NEGATIVE_INFINITY, entropy: 1, skipped: true };
    const { loss, gradNorm } = metrics;
    const event = {
      type: 'step-end',
      step: 1,
      ...numbers,
      loss,
      gradNorm,
      metrics,
      flat: false,
      bestPrompt: 'NaN',
      metricMeans: {},
    } as const;
    const written = log.append(event);
    expect(readFileSync(join(runDir, 'events.jsonl'), 'utf8')).toContain('"loss":"NaN","gradNorm":"-Infinity"');
    expect([...readEvents(runDir)]).toEqual([written]);
    const bad: UnnumberedEvent = { type: 'evaluation-end', step: 1, prompts: [], forwards: Number.NaN, cacheHits: 0 };
    expect(() => log.append(bad)).toThrow(expect.objectContaining({ code: 'E_NOT_JSON' }));
    expect(log.nextSeq).toBe(2);
    log.close();
  });

  it('reads events of a run under way and leaves its file alone', () => {
    const runDir = logOfFour();
    appendFileSync(join(runDir, 'events.jsonl'), '{"seq":5,"ty');
    const before = readFileSync(join(runDir, 'events.jsonl'));
    expect(seqs(runDir)).toEqual([1, 2, 3, 4]);
    expect(readFileSync(join(runDir, 'events.jsonl'))).toEqual(before);
    expect(() => [...readEvents(join(runDir, 'none'))]).toThrow(expect.objectContaining({ exitCode: 66 }));
  });

  it('knows the objectives of a run of version 0.1, which called them terms', () => {
    const objectives = [{ name: 'task', weight: 1, range: [0, 100] }];
    const runDir = temporaryFolder();
    writeFileSync(
      join(runDir, 'events.jsonl'),
      `${JSON.stringify({ seq: 1, type: 'run-start', terms: objectives })}\n`,
    );
    expect([...readEvents(runDir)]).toEqual([{ seq: 1, type: 'run-start', objectives }]);
  });
});
