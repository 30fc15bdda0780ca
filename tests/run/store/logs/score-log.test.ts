import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../../../src/files/file-system.js';
import { ScoreLog } from '../../../../src/run/store/logs/score-log.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { fullDisk } from './full-disk.js';

const record = (key: string, ...values: number[]) => ({ key, values: Float32Array.from(values) });

/** Three calls: a and b, c, d. */
function logOfThree(): string {
  const runDir = temporaryFolder();
  const log = ScoreLog.open(runDir);
  log.append([record('a', 0.1, Number.NaN), record('b\tĠ💡', -0)]);
  log.append([record('c')]);
  log.append([{ key: 'd', values: [Math.PI, 5e-324] }]);
  log.close();
  return runDir;
}

const keysOf = (records: readonly { key: string }[]): string[] => records.map(({ key }) => key);

describe('ScoreLog', () => {
  it('gives back every float exactly, in order', () => {
    const log = ScoreLog.open(logOfThree());
    expect(log.prepaid).toEqual([
      record('a', 0.1, Number.NaN),
      record('b\tĠ💡', -0),
      record('c'),
      { key: 'd', values: Float64Array.of(Math.PI, 5e-324) },
    ]);
    expect(Object.is(log.prepaid[1]!.values[0], -0)).toBe(true);
    expect(log.notes).toEqual([]);
    log.close();
  });

  it('tells what the run knew at its checkpoint from what it paid for afterwards', () => {
    const runDir = logOfThree();
    const log = ScoreLog.open(runDir, { position: 1 });
    expect([keysOf(log.known), keysOf(log.prepaid)]).toEqual([
      ['a', 'b\tĠ💡'],
      ['c', 'd'],
    ]);
    expect(log.position).toBe(1);
    log.markUsed('c');
    expect(log.position).toBe(2);
    log.markUsed('a');
    expect(log.position).toBe(2);
    log.append([record('e', 1)]);
    expect(log.position).toBe(4);
    log.close();
    expect(keysOf(ScoreLog.open(runDir, { position: 3 }).prepaid)).toEqual(['e']);
  });

  it('cuts off a torn end of any length and loses no call before it', () => {
    const whole = readFileSync(join(logOfThree(), 'scores.bin'));
    const lastFrame = whole.lastIndexOf('SCOR');
    for (let length = lastFrame; length < whole.length; length++) {
      const runDir = temporaryFolder();
      writeFileSync(join(runDir, 'scores.bin'), whole.subarray(0, length));
      const log = ScoreLog.open(runDir);
      expect(keysOf(log.prepaid)).toEqual(['a', 'b\tĠ💡', 'c']);
      expect(log.notes).toHaveLength(length === lastFrame ? 0 : 1);
      log.append([record('new', 1)]);
      log.close();
      expect(keysOf(ScoreLog.open(runDir).prepaid)).toEqual(['a', 'b\tĠ💡', 'c', 'new']);
    }
  });

  it('loses no more than one call to any flipped bit, and never takes in a changed number', () => {
    const original = logOfThree();
    const whole = readFileSync(join(original, 'scores.bin'));
    const calls = [['a', 'b\tĠ💡'], ['c'], ['d']];
    const runDir = temporaryFolder();
    for (let bit = 16 * 8; bit < whole.length * 8; bit += 3) {
      const changed = Buffer.from(whole);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(join(runDir, 'scores.bin'), changed);
      const log = ScoreLog.open(runDir);
      log.close();
      const kept = keysOf(log.prepaid);
      const lost = calls.filter((call) => !call.every((key) => kept.includes(key)));
      expect(lost.length).toBe(1);
      expect(kept).toEqual(calls.filter((call) => call !== lost[0]).flat());
      expect(log.notes).toHaveLength(1);
    }
  });

  it('starts over where the process was killed before its first bytes were whole, and refuses another format', () => {
    const runDir = temporaryFolder();
    writeFileSync(join(runDir, 'scores.bin'), 'RLPSC');
    ScoreLog.open(runDir).close();
    expect(statSync(join(runDir, 'scores.bin')).size).toBe(16);
    const header = readFileSync(join(runDir, 'scores.bin'));
    header.writeUInt32LE(2, 8);
    for (const [bytes, message] of [
      [header, /format 2.*up to 1/],
      [Buffer.from('something else altogether'), /not a score log/],
    ] as const) {
      writeFileSync(join(runDir, 'scores.bin'), bytes);
      expect(() => ScoreLog.open(runDir)).toThrow(
        expect.objectContaining({
          code: 'E_SCORE_LOG',
          exitCode: 65,
          message: expect.stringMatching(message) as string,
        }),
      );
      expect(readFileSync(join(runDir, 'scores.bin'))).toEqual(bytes);
    }
  });

  it('forces bytes onto the disk once a second at most, and when asked to', () => {
    let now = 0;
    let syncs = 0;
    const sync = (fd: number): void => {
      syncs += 1;
      nodeFileSystem.sync(fd);
    };
    const log = ScoreLog.open(temporaryFolder(), { clock: () => now, fs: { ...nodeFileSystem, sync } });
    for (; now < 2000; now += 10) log.append([record('k', now)]);
    expect(syncs).toBe(1);
    log.sync();
    expect(syncs).toBe(2);
    log.close();
  });

  it('continues after a write that failed, whether its part could be taken back or not', () => {
    for (const canTakeBack of [true, false]) {
      const runDir = temporaryFolder();
      const disk = fullDisk({ partial: 9, canTakeBack });
      const log = ScoreLog.open(runDir, { fs: disk.fs });
      for (const key of ['a', 'b', 'c', 'd']) {
        disk.isFull = key === 'b' || key === 'd';
        if (disk.isFull) expect(() => log.append([record(key, 1)])).toThrow(expect.objectContaining({ code: 'E_IO' }));
        else log.append([record(key, 1)]);
      }
      log.close();
      expect(keysOf(ScoreLog.open(runDir).prepaid)).toEqual(['a', 'c']);
    }
  });
});
