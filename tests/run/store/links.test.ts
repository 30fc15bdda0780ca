import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EventLog } from '../../../src/run/store/logs/event-log.js';
import { RewardLog } from '../../../src/run/store/logs/reward-log.js';
import { ScoreLog } from '../../../src/run/store/logs/score-log.js';
import { openRunFolder } from '../../../src/run/store/run-folder.js';
import { temporaryFolder } from '../temporary-folder.js';

/** A folder as a stranger may have made it, with a link in place of one file, and what that leads to. */
function hostileFolder(name: string, content: string): { runDir: string; victim: string } {
  const runDir = join(temporaryFolder(), 'run');
  mkdirSync(runDir);
  const victim = join(runDir, '..', 'mine');
  writeFileSync(victim, content);
  symlinkSync(victim, join(runDir, name));
  return { runDir, victim };
}

const LINK = expect.objectContaining({ code: 'E_FILE_KIND', exitCode: 65, message: expect.stringContaining('a link') });

describe.skipIf(process.platform === 'win32')('a link in a run folder', () => {
  it.each<[string, string, (runDir: string) => unknown]>([
    ['events.jsonl', '', (runDir) => EventLog.open(runDir, undefined)],
    ['events.jsonl', 'half a line', (runDir) => EventLog.open(runDir, undefined)],
    ['scores.bin', '', (runDir) => ScoreLog.open(runDir)],
    [
      'reward.log',
      'mine',
      (runDir) => {
        const log = new RewardLog();
        log.write('from a reward\n');
        log.open(runDir);
      },
    ],
  ])('%s with %j in it is not written through', (name, content, open) => {
    const { runDir, victim } = hostileFolder(name, content);
    expect(() => open(runDir)).toThrow(LINK);
    expect(readFileSync(victim, 'utf8')).toBe(content);
  });

  it('checkpoints is not written through either, and nothing there is tidied up', () => {
    const { runDir, victim } = hostileFolder('checkpoints', '');
    rmSync(victim);
    mkdirSync(victim);
    writeFileSync(join(victim, '.x.1-0123456789ab.tmp'), 'mine');
    writeFileSync(join(runDir, 'run.json'), '{}');
    expect(() => openRunFolder(runDir, { now: new Date(0) })).toThrow(LINK);
    expect(readdirSync(victim)).toEqual(['.x.1-0123456789ab.tmp']);
    // The lock is given back.
    rmSync(join(runDir, 'checkpoints'));
    renameSync(victim, join(runDir, 'checkpoints'));
    openRunFolder(runDir, { now: new Date(0) }).close();
  });
});
