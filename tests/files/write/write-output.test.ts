import { execFileSync, spawn } from 'node:child_process';
import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { atomicWrite } from '../../../src/files/write/atomic-write.js';
import { isDevice, requirePlaceFor, writeOutput } from '../../../src/files/write/write-output.js';
import { temporaryFolder } from '../../run/temporary-folder.js';

function namedPipe(): string {
  const path = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

describe('a result that the user wants in a file', () => {
  it('replaces an ordinary file', () => {
    const path = join(temporaryFolder(), 'out.csv');
    writeFileSync(path, 'an older and longer one');
    writeOutput(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('goes to whoever reads a named pipe, which stays one', async () => {
    const path = namedPipe();
    const reader = spawn('cat', [path]);
    writeOutput(path, 'through');
    expect(await text(reader.stdout)).toBe('through');
    expect(lstatSync(path).isFIFO()).toBe(true);
  });

  it('is refused where nobody reads the pipe, before Ctrl-C would have to be waited for', () => {
    const refused = { code: 'E_CANNOT_CREATE', next: 'start its reader first, or name a file' };
    expect(() => writeOutput(namedPipe(), 'through')).toThrow(expect.objectContaining(refused));
  });

  it('goes to an open file by its name under /dev/fd', () => {
    const path = join(temporaryFolder(), 'open');
    const fd = openSync(path, 'w');
    writeOutput(`/dev/fd/${fd}`, 'through');
    closeSync(fd);
    expect(readFileSync(path, 'utf8')).toBe('through');
  });

  it('is refused with a name that is too long', () => {
    const path = join(temporaryFolder(), 'n'.repeat(300));
    expect(isDevice(path)).toBe(false);
    expect(() => writeOutput(path, 'text')).toThrow(
      expect.objectContaining({ code: 'E_CANNOT_CREATE', next: 'choose another name' }),
    );
  });

  it('is refused without a name', () => {
    const refused = { code: 'E_CANNOT_CREATE', exitCode: 73, message: 'an empty name names no file' };
    expect(() => writeOutput('', 'text')).toThrow(expect.objectContaining(refused));
  });

  it('is refused before it is there where no file can have its name', () => {
    const folder = temporaryFolder();
    for (const path of [folder, join(folder, 'nowhere/out.csv'), '/dev/null/out.csv', '/etc/passwd/out.csv']) {
      for (const refused of [() => requirePlaceFor(path), () => writeOutput(path, 'new')]) {
        expect(refused).toThrow(expect.objectContaining({ code: 'E_CANNOT_CREATE', exitCode: 73 }));
      }
    }
    expect(readdirSync(folder)).toEqual([]);
    for (const path of [join(folder, 'out.csv'), '/dev/null', 'out.csv']) requirePlaceFor(path);
  });

  it.each([
    { marks: ['run.json', 'events.jsonl'], kept: ['run.json', 'best.json', 'scores.bin', 'checkpoints/step-1.ckpt'] },
    { marks: ['act.json'], kept: ['act.json', 'result.json', 'checkpoints/step-1.safetensors'] },
    { marks: ['comparison.json'], kept: ['comparison.json'] },
  ])('takes the place of no file that the program needs again, but of an earlier report: $kept', ({ marks, kept }) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'checkpoints'));
    for (const name of [...marks, ...kept, 'report.html', 'mine.json']) writeFileSync(join(folder, name), 'before');
    for (const name of kept) {
      const refused = () => writeOutput(join(folder, name), 'new');
      expect(refused).toThrow(expect.objectContaining({ code: 'E_WOULD_OVERWRITE', exitCode: 73 }));
      expect(readFileSync(join(folder, name), 'utf8')).toBe('before');
    }
    for (const name of ['report.html', 'mine.json', 'new.json']) writeOutput(join(folder, name), 'new');
    // The same names in a folder of the user's are the user's.
    const other = temporaryFolder();
    mkdirSync(join(other, 'checkpoints'));
    for (const name of kept.filter((one) => !marks.includes(one))) {
      writeFileSync(join(other, name), 'before');
      writeOutput(join(other, name), 'new');
    }
  });

  it('knows devices from files and folders', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'sub'));
    const paths = ['/dev/null', '/dev/stdout', join(folder, 'file'), join(folder, 'sub'), join(folder, 'new')];
    expect(paths.map(isDevice)).toEqual([true, true, false, false, false]);
  });
});

it('a file of the program never takes the place of a pipe', () => {
  const path = namedPipe();
  expect(() => atomicWrite(path, 'text')).toThrow(expect.objectContaining({ code: 'E_FILE_KIND' }));
  expect(lstatSync(path).isFIFO()).toBe(true);
  expect(readdirSync(join(path, '..'))).toEqual(['pipe']);
});
