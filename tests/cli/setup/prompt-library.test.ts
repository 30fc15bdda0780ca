import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/events.js';
import { runInProcess } from '../in-process-cli.js';
import { emptyFolder, lastLine, TINY_MODEL, tinyTask } from '../spawn-cli.js';

const { cwd, flags } = tinyTask();
const env = { RLPROMPT_DATA_DIR: join(cwd, 'data') };
const small = ['--generator', TINY_MODEL, '--shots', '2', '--prompts-per-step', '4', '--inner-size', '16'];
const run = ['run', 'mails.csv', ...flags, ...small, '--steps', '2', '--candidates', '4', '--ui', 'none', '--json'];

const start = async (out: string, ...more: string[]) => {
  const { code, stdout } = await runInProcess([...run, ...more, '--out', out], { cwd, env });
  expect(code).toBe(0);
  const { runDir: _, seconds: __, ...result } = JSON.parse(stdout);
  return result;
};

const eventsOf = (out: string): RunEvent[] =>
  readFileSync(join(cwd, out, 'events.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const added = (out: string): string[] =>
  eventsOf(out).flatMap((event) => (event.type === 'prompt-added' ? [event.prompt.text] : []));

const library = (...args: string[]) => runInProcess(['prompt-library', ...args], { cwd, env });

describe('the library of earlier runs', () => {
  it('is off unless asked for; asked for, it starts a run from what others found and says so', async () => {
    const plain = await start('runs/plain');
    expect((await library('list')).stdout).toContain('nothing is remembered');

    await start('runs/first', '--prompt-library');
    expect(added('runs/first')).toEqual([]);
    const listed = JSON.parse((await library('list', '--json')).stdout);
    expect(listed.tasks).toMatchObject([{ task: 'mails', runs: 1, signature: { words: expect.any(Array) } }]);

    writeFileSync(join(cwd, 'data/prompt-library.json'), JSON.stringify(raised(listed.path)));
    await start('runs/second', '--prompt-library', '--library-prompts', '2', '--seed', '5');
    const said = eventsOf('runs/second').find((event) => event.type === 'warning' && event.code === 'prompt-library');
    expect(said).toMatchObject({ message: expect.stringMatching(/2 prompts of earlier runs .* mails \(similarity/) });
    const recalled = JSON.parse(readFileSync(join(cwd, 'runs/second/run.json'), 'utf8')).libraryPrompts;
    expect(added('runs/second')).toEqual(recalled.map(({ text }: { text: string }) => text.trim()));

    expect(await start('runs/plain-again')).toEqual(plain);
    expect(await start('runs/not', '--set', 'promptLibrary=true', '--no-prompt-library')).toEqual(plain);
  }, 180_000);

  it('is exported a line a task, and forgotten by id or whole', async () => {
    const [task] = (await library('export')).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(task.signature.features).toHaveLength(64);
    expect(lastLine((await library('forget', 'nobody')).stderr)).toContain('no task has the id nobody');
    expect((await library('list')).stdout).toMatch(new RegExp(`^${task.id} `, 'm'));
    expect((await library('forget', task.id)).code).toBe(0);
    expect((await library('export')).stdout).toBe('');
    expect((await library('forget')).code).toBe(64);
    writeFileSync(join(cwd, 'data/prompt-library.json'), 'damaged');
    expect((await library('list')).code).toBe(65);
    expect((await library('forget', '--all')).code).toBe(0);
    expect((await library('list')).stdout).toContain('nothing is remembered');
  }, 60_000);
});

describe('--init-prompts-file', () => {
  it('starts from the lines of a file, after the prompts that were typed', async () => {
    writeFileSync(join(cwd, 'start.txt'), ' see you\n\nat the meeting\n');
    await start('runs/init', '--init-prompt', 'now', '--init-prompts-file', 'start.txt');
    expect(added('runs/init')).toEqual(['now', 'see you', 'at the meeting']);
    const missing = await runInProcess([...run, '--init-prompts-file', 'none.txt'], { cwd: emptyFolder() });
    expect(lastLine(missing.stderr)).toMatch(/^rlprompt: E_PROMPTS_FILE: .*none\.txt/);
  }, 60_000);
});

/** The library as if its prompts had been worth something: the tiny model's are worth nothing. */
function raised(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'), (key, value) => (key === 'mean' ? Math.abs(value) + 1 : value));
}
