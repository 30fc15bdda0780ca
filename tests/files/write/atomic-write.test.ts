import { lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFileSystem } from '../../../src/files/file-system.js';
import { atomicWrite, removeDeadTemporaries } from '../../../src/files/write/atomic-write.js';
import { faultyFileSystem } from '../../faults/file-operations/faulty-file-system.js';
import { temporaryFolder } from '../../run/temporary-folder.js';

const failure = (code: string) => (): never => {
  throw Object.assign(new Error(`${code}: made up`), { code });
};

describe('atomicWrite', () => {
  it('makes bytes durable before the rename, and the rename durable after it', () => {
    const folder = temporaryFolder();
    const { fs, operations } = faultyFileSystem();
    atomicWrite(join(folder, 'a'), 'text', fs);
    expect(operations).toEqual(['open', 'write', 'sync', 'close', 'rename', 'syncFolder']);
  });

  it('writes all bytes of a view into a larger buffer, and no other', () => {
    const path = join(temporaryFolder(), 'a');
    const floats = Float32Array.from({ length: 5000 }, (_, i) => i).subarray(1000, 4000);
    atomicWrite(path, floats);
    const bytes = readFileSync(path);
    expect(bytes.length).toBe(12_000);
    expect(bytes.readFloatLE(0)).toBe(1000);
    expect(bytes.readFloatLE(11_996)).toBe(3999);
  });

  it('continues after a short write until all bytes are written', () => {
    const path = join(temporaryFolder(), 'a');
    const fs = {
      ...nodeFileSystem,
      write: (fd: number, bytes: Uint8Array) => nodeFileSystem.write(fd, bytes.subarray(0, 7)),
    };
    atomicWrite(path, 'x'.repeat(100), fs);
    expect(readFileSync(path, 'utf8')).toBe('x'.repeat(100));
  });

  it('replaces a link and leaves the file behind it alone', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'behind'), 'old');
    symlinkSync('behind', join(folder, 'link'));
    atomicWrite(join(folder, 'link'), 'new');
    expect(readFileSync(join(folder, 'behind'), 'utf8')).toBe('old');
    expect(lstatSync(join(folder, 'link')).isFile()).toBe(true);
  });

  it('trusts no file whose fsync failed: a second file is written once, then it is an I/O error', () => {
    const path = join(temporaryFolder(), 'a');
    let syncs = 0;
    const failOnce = {
      ...nodeFileSystem,
      sync: (fd: number) => (syncs++ === 0 ? failure('EIO')() : nodeFileSystem.sync(fd)),
    };
    atomicWrite(path, 'one', failOnce);
    expect(readFileSync(path, 'utf8')).toBe('one');
    const failAlways = { ...nodeFileSystem, sync: failure('EIO') };
    expect(() => atomicWrite(path, 'two', failAlways)).toThrow(expect.objectContaining({ code: 'E_IO', exit: 'io' }));
    expect(readFileSync(path, 'utf8')).toBe('one');
  });

  it.each([
    ['ENOSPC', 'E_IO', 74],
    ['EIO', 'E_IO', 74],
    ['EACCES', 'E_CANNOT_CREATE', 73],
    ['EROFS', 'E_CANNOT_CREATE', 73],
    ['EMFILE', 'E_OS_LIMIT', 71],
  ])('says %s as %s, exit %i, with what is kept', (errno, code, exitCode) => {
    const path = join(temporaryFolder(), 'a');
    const fs = { ...nodeFileSystem, open: failure(errno) };
    const kept = expect.stringContaining('before') as string;
    expect(() => atomicWrite(path, 'x', fs)).toThrow(expect.objectContaining({ code, exitCode, kept }));
  });
});

describe('removeDeadTemporaries', () => {
  it('removes what processes that are gone left, and nothing else', () => {
    const folder = temporaryFolder();
    const dead = '.run.json.4194999-0123456789ab.tmp';
    const alive = `.run.json.${process.ppid}-0123456789ab.tmp`;
    for (const name of [dead, alive, 'notes.tmp', '.run.json']) writeFileSync(join(folder, name), '');
    removeDeadTemporaries(folder);
    expect(readdirSync(folder).sort()).toEqual([alive, '.run.json', 'notes.tmp'].sort());
  });
});
