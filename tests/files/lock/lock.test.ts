import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FileSystem } from '../../../src/files/file-system.js';
import { nodeFileSystem } from '../../../src/files/file-system.js';
import { acquireLock, type Lock } from '../../../src/files/lock/lock.js';
import { judgeProcess, ownIdentity } from '../../../src/files/lock/process-identity.js';
import { compileProgram } from '../../compile-program.js';
import { temporaryFolder } from '../../run/temporary-folder.js';

const base = mkdtempSync(join(tmpdir(), 'rlprompt-lock-'));
const holder = compileProgram('tests/run/lock-holder.ts', base);
afterAll(() => rmSync(base, { recursive: true, force: true }));

const since = '2025-11-22T07:05:11.000Z';
const own = ownIdentity();
const refused = expect.objectContaining({ code: 'E_RUN_LOCKED', exitCode: 75 });

const deadIdentity = { ...own, pid: spawnSync('true').pid, started: '1' };

function lockOfDead(path: string): void {
  writeFileSync(path, JSON.stringify({ ...deadIdentity, since, nonce: 'dead-one-0' }));
}

function tryLock(path: string, fs?: FileSystem): Lock | undefined {
  try {
    return acquireLock(path, { since, ...(fs ? { fs } : {}) });
  } catch (error) {
    expect(error).toEqual(refused);
    return undefined;
  }
}

describe('acquireLock', () => {
  it('refuses a second holder, naming process, host and time, and is free after release', () => {
    const path = join(temporaryFolder(), 'lock');
    const lock = acquireLock(path, { since });
    const naming = new RegExp(`process ${process.pid} on ${own.host} since ${since}`);
    expect(() => acquireLock(path, { since })).toThrow(
      expect.objectContaining({ message: expect.stringMatching(naming) as string }),
    );
    lock.release();
    lock.release();
    acquireLock(path, { since }).release();
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it('takes over from a process that is gone, from a number used again, and from before a restart', () => {
    const path = join(temporaryFolder(), 'lock');
    for (const gone of [deadIdentity, { ...own, started: '1' }, { ...own, boot: 'another' }]) {
      writeFileSync(path, JSON.stringify({ ...gone, since, nonce: 'x' }));
      acquireLock(path, { since }).release();
    }
  });

  it('refuses, and says which file to remove, where the holder cannot be seen: other host, other container, damaged lock', () => {
    const path = join(temporaryFolder(), 'lock');
    const unseen = [
      { ...own, host: 'elsewhere', boot: 'another' },
      { ...own, pidNamespace: 'pid:[1]' },
      { pid: 'x' },
    ].map((identity) => JSON.stringify({ ...identity, since, nonce: 'x' }));
    for (const text of [...unseen, '', 'null', '{"pid":1']) {
      writeFileSync(path, text);
      const next = expect.stringContaining(`remove ${path}`) as string;
      expect(() => acquireLock(path, { since })).toThrow(expect.objectContaining({ code: 'E_RUN_LOCKED', next }));
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });

  it('locks on a file system without hard links', () => {
    const path = join(temporaryFolder(), 'lock');
    const link = (): never => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
    };
    const lock = tryLock(path, { ...nodeFileSystem, link });
    expect(lock).toBeDefined();
    expect(tryLock(path, { ...nodeFileSystem, link })).toBeUndefined();
    lock!.release();
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  it('has one winner where a rival takes, or takes and gives back, the lock at any moment of a takeover', () => {
    for (const givesBack of [false, true]) {
      for (let at = 1, isReached = true; isReached; at++) {
        const path = join(temporaryFolder(), 'lock');
        lockOfDead(path);
        let count = 0;
        let rival: Lock | undefined;
        const interrupted = everyOperation(nodeFileSystem, () => {
          if (++count !== at) return;
          rival = tryLock(path);
          if (givesBack) rival?.release();
        });
        const lock = tryLock(path, interrupted);
        isReached = count >= at;
        const holders = [lock, givesBack ? undefined : rival].filter(Boolean);
        expect(holders.length, `rival at operation ${at}`).toBe(givesBack && !lock ? 0 : 1);
        // Whoever was refused was refused by one who had it.
        if (!lock) expect(rival).toBeDefined();
        for (const each of holders) each!.release();
        expect(readdirSync(join(path, '..'))).toEqual([]);
      }
    }
  });

  it('goes to a next one at once where a takeover itself was killed at any moment', () => {
    for (let at = 1, isReached = true; isReached; at++) {
      const path = join(temporaryFolder(), 'lock');
      lockOfDead(path);
      let count = 0;
      // Nothing more reaches the disk from here on, as after a kill; the traces name a process that is gone.
      const dying = everyOperation(nodeFileSystem, () => {
        if (++count >= at) throw new Error('killed');
      });
      const self = deadIdentity;
      try {
        acquireLock(path, { since, fs: dying, self });
      } catch {}
      isReached = count >= at;
      const lock = tryLock(path);
      expect(lock, `killed at operation ${at}`).toBeDefined();
      lock!.release();
    }
  });
});

function everyOperation(fs: FileSystem, before: () => void): FileSystem {
  const wrapped = Object.entries(fs).map(([name, run]) => [
    name,
    (...parameters: unknown[]): unknown => {
      before();
      return (run as (...given: unknown[]) => unknown)(...parameters);
    },
  ]);
  return Object.fromEntries(wrapped) as FileSystem;
}

interface Started {
  readonly output: string;
  kill(): Promise<void>;
}

/** Starts a process that takes the lock and keeps it; resolves when it has said what came of it. */
function start(path: string): Promise<Started> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [holder, path]);
    const ended = new Promise<void>((done) => child.on('close', () => done()));
    const kill = async (): Promise<void> => {
      child.kill('SIGKILL');
      await ended;
    };
    child.on('error', reject);
    child.stdout.once('data', (text: Buffer) => resolve({ output: text.toString().trim(), kill }));
  });
}

describe('many processes at once', () => {
  it('have exactly one winner of 20, on a new lock and on that of a holder that was killed', async () => {
    const path = join(temporaryFolder(), 'lock');
    for (let round = 0; round < 2; round++) {
      const starts = await Promise.all(Array.from({ length: 20 }, () => start(path)));
      const outputs = starts.map(({ output }) => output);
      expect(outputs.filter((output) => output === 'held')).toHaveLength(1);
      expect(outputs.filter((output) => output === 'E_RUN_LOCKED 75')).toHaveLength(19);
      await Promise.all(starts.map(({ kill }) => kill()));
    }
    acquireLock(path, { since }).release();
    expect(readdirSync(join(path, '..')).filter((name) => !name.endsWith('.tmp'))).toEqual([]);
  }, 120_000);
});

describe('judgeProcess', () => {
  it('knows this process, another, and one that is gone', () => {
    expect(judgeProcess(own, own)).toBe('alive');
    expect(judgeProcess({ ...own, pid: process.ppid, started: '' }, own)).toBe('alive');
    expect(judgeProcess(deadIdentity, own)).toBe('dead');
  });

  it('takes a child that was killed and not yet collected for gone', async () => {
    const child = spawn('bash', ['-c', 'sleep 100 & echo $!; kill -9 $!; exec sleep 100']);
    const pid = await new Promise<number>((resolve) =>
      child.stdout.once('data', (text: Buffer) => resolve(Number(text))),
    );
    // bash has become a sleep, which never collects: the killed child stays a zombie.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(judgeProcess({ ...own, pid, started: '' }, own)).toBe('dead');
    child.kill('SIGKILL');
  });
});
