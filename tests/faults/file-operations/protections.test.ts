import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../../src/files/file-system.js';
import { decodeCheckpoint, encodeCheckpoint } from '../../../src/run/checkpoint/checkpoint-format.js';
import { followRun } from '../../follow-run.js';
import { temporaryFolder } from '../../run/temporary-folder.js';
import { SMALL_RUN, writeSmallData } from '../../small-data.js';
import { tell } from '../report/figures.js';
import { halfToyRun } from './half-toy-run.js';
import { cutEverywhere } from './power-cuts.js';

const { copyOf, expected } = halfToyRun('protections');

/** A file system that only says that files of these names are on the disk. */
const withoutSync =
  (names: RegExp) =>
  (fs: FileSystem): FileSystem => {
    const unsynced = new Set<number>();
    return {
      ...fs,
      open: (path, flags) => {
        const fd = fs.open(path, flags);
        if (names.test(path)) unsynced.add(fd);
        else unsynced.delete(fd);
        return fd;
      },
      sync: (fd) => (unsynced.has(fd) ? undefined : fs.sync(fd)),
    };
  };

/** A file system on which a checkpoint is written where it lies, and not beside it and then put in its place. */
const inPlace = (fs: FileSystem): FileSystem => {
  const target = (path: string) => path.replace(/(checkpoints\/)\.([^/]+)\.\d+-[0-9a-f]+\.tmp$/, '$1$2');
  return {
    ...fs,
    open: (path, flags) => {
      if (target(path) !== path && existsSync(target(path))) fs.remove(target(path));
      return fs.open(target(path), flags);
    },
    rename: (from, to) => (target(from) === to ? undefined : fs.rename(from, to)),
  };
};

describe('a protection that is taken away is missed: without', () => {
  it.for([
    ['the sync of checkpoints', 'kept', withoutSync(/checkpoints/)],
    ['the sync of scores', 'kept', withoutSync(/scores/)],
    ['the sync of events', 'kept', withoutSync(/events/)],
    ['checkpoints put in place whole', 'kept', inPlace],
    ['the sync of folders', 'lost', (fs: FileSystem) => ({ ...fs, syncFolder: () => {} })],
  ] as const satisfies readonly (readonly [string, 'kept' | 'lost', (fs: FileSystem) => FileSystem])[])(
    '%s a power cut loses what was saved',
    ([name, renames, weaken], context) => {
      const { reached, losses } = cutEverywhere(name.replaceAll(' ', '-'), { renames, copyOf, expected, weaken });
      expect(losses.length > 0 || reached.at(-1) !== 9).toBe(true);
      tell(context, { protections: 1 });
    },
  );

  it('the state of the random numbers a resumed run is another run', async (context) => {
    const folder = temporaryFolder();
    const settings = { ...SMALL_RUN, task: writeSmallData(folder) };
    const last = (name: string) => readFileSync(join(folder, name, 'checkpoints/step-000006.safetensors'));
    const stopped = async (name: string, change: (path: string) => void) => {
      const config = { ...settings, out: join(folder, name) };
      await followRun(config, {}, (event, controls) => {
        if (event.type === 'checkpoint-saved') controls.stop('user');
      });
      const checkpoints = join(folder, name, 'checkpoints');
      const latest = readdirSync(checkpoints)
        .filter((file) => file.startsWith('step-'))
        .sort()
        .at(-1)!;
      change(join(checkpoints, latest));
      const { error } = await followRun(config, { resume: config.out });
      expect(error).toBeUndefined();
      return last(name);
    };
    await followRun({ ...settings, out: join(folder, 'whole') });
    const resumed = await stopped('resumed', () => {});
    expect(resumed.equals(last('whole'))).toBe(true);
    let changed = 0;
    const other = await stopped('other', (path) => {
      const content = decodeCheckpoint(readFileSync(path));
      const json = JSON.parse(JSON.stringify(content.json), (key, value) => {
        if (key !== 'counter' || typeof value !== 'number') return value;
        changed += 1;
        return value + 1;
      });
      writeFileSync(path, encodeCheckpoint({ ...content, json }).bytes);
    });
    expect(changed).toBeGreaterThan(0);
    expect(other.equals(last('whole'))).toBe(false);
    tell(context, { protections: 1 });
  });
});
