import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { RlpromptError } from '../../../src/errors.js';
import { BATCH, hostOf, isAlive, pluginFile } from '../plug-in.js';

async function failureOf(promise: Promise<unknown>): Promise<RlpromptError> {
  const outcome = await promise.then(
    (value) => value,
    (error: unknown) => error,
  );
  if (outcome instanceof RlpromptError) return outcome;
  throw new Error(`expected a RlpromptError, got ${JSON.stringify(outcome)}`);
}

const SECOND = 'prompt 1 (" one two")';

describe('a bad reward ends with its name, at its time, and never as a low reward', () => {
  it.concurrent.for<[string, string, string, string]>([
    ['throws', 'null.x', 'E_PLUGIN_THROW', 'the reward threw TypeError: Cannot read properties of null'],
    ['throws no Error', 'throw "\\x1b[31mred"', 'E_PLUGIN_THROW', 'the reward threw \\x1b[31mred'],
    ['gives NaN', 'return [1, NaN]', 'E_PLUGIN_NUMBER', `the reward of ${SECOND} is NaN`],
    ['gives Infinity', 'return [1, Infinity]', 'E_PLUGIN_NUMBER', `the reward of ${SECOND} is Infinity`],
    ['gives null', 'return [1, null]', 'E_PLUGIN_NUMBER', `the reward of ${SECOND} is null`],
    ['gives a string', 'return [1, "0.9"]', 'E_PLUGIN_NUMBER', `the reward of ${SECOND} is the string "0.9"`],
    ['gives a BigInt', 'return [1, 2n]', 'E_PLUGIN_NUMBER', `the reward of ${SECOND} is the BigInt 2n`],
    ['gives a function', 'return [1, () => 1]', 'E_PLUGIN_NUMBER', `the reward of ${SECOND} is a function`],
    ['gives a promise for each', 'return [1, 2].map(async (x) => x)', 'E_PLUGIN_ANSWER', 'a promise (await it'],
    ['gives too few', 'return [1]', 'E_PLUGIN_ANSWER', 'the reward gave 1 answers for 2 prompts'],
    ['gives no array', 'return { reward: 1 }', 'E_PLUGIN_ANSWER', 'the reward gave of type object, expected an array'],
    ['gives a nested array', 'return [[1], [2]]', 'E_PLUGIN_ANSWER', 'is an array of 1, expected a number or'],
    ['gives a sparse array', 'return [1, ,]', 'E_PLUGIN_ANSWER', `the answer for ${SECOND} is missing`],
    [
      'gives a cycle',
      'const parts = {}; parts.self = parts; return [1, { reward: 1, parts }]',
      'E_PLUGIN_NUMBER',
      `"self" in the parts of ${SECOND} is of type object`,
    ],
    ['gives unknown keys', 'return [1, { reward: 1, metric: {} }]', 'E_PLUGIN_ANSWER', 'has an unknown key metric'],
    ['exits with success', 'process.exit(0)', 'E_PLUGIN_EXIT', 'exited with code 0 without an answer'],
    ['kills itself', 'process.kill(process.pid, "SIGKILL")', 'E_PLUGIN_EXIT', 'was ended by SIGKILL without an answer'],
    [
      'throws out of reach',
      'setTimeout(() => { throw new Error("late") }); await new Promise(() => {})',
      'E_PLUGIN_STRAY',
      'the reward threw out of reach: Error: late',
    ],
    [
      'asks the language model wrongly',
      'await context.embed("x"); return [1, 2]',
      'E_PLUGIN_THROW',
      'the reward threw Error: nothing embeds here',
    ],
  ])('%s', async ([, body, code, message], context) => {
    const { host } = hostOf(context, pluginFile(body), {
      answer: async () => {
        throw new Error('nothing embeds here');
      },
    });
    const error = await failureOf(host.score(BATCH, { seed: 1 }));
    expect(error.code).toBe(code);
    expect(error.exitCode).toBe(70);
    expect(error.message).toContain(message);
    expect(error.where).toContain('task.mjs');
    expect(error.line()).not.toMatch(/[\x00-\x1f]/);
  });

  it.concurrent.for([
    ['never settles', 'await new Promise(() => {})'],
    ['never yields', 'for (;;) {}'],
  ])('a reward that %s is ended at its deadline', async ([, body], context) => {
    const { host } = hostOf(context, pluginFile(`if (batch.prompts.length === 1) return [1]\n${body}`), {
      timeoutMs: 300,
    });
    // The first call starts the process, which has a time of its own.
    await host.score({ ...BATCH, prompts: ['a'] }, { seed: 1 });
    const since = performance.now();
    const error = await failureOf(host.score(BATCH, { seed: 1 }));
    expect(error.code).toBe('E_PLUGIN_TIMEOUT');
    expect(error.exitCode).toBe(70);
    const waited = performance.now() - since;
    expect(waited).toBeGreaterThan(290);
    expect(waited).toBeLessThan(3000);
  });

  it.concurrent.for([
    ['buffers', 'Buffer.alloc(2 ** 24, 1)'],
    ['the heap', 'new Array(2 ** 20).fill({ a: 1 })'],
  ])('a reward that fills memory through %s is ended at the cap', async ([, expression], context) => {
    const body = `const kept = []; for (;;) kept.push(${expression})`;
    const { host } = hostOf(context, pluginFile(body), { memoryLimit: 300 * 2 ** 20 });
    const error = await failureOf(host.score(BATCH, { seed: 1 }));
    expect(error.code).toBe('E_PLUGIN_OOM');
    expect(error.message).toContain('300 MiB');
  });
});

describe('a reward in a process of its own', () => {
  it.concurrent('gives numbers, arrays of floats and named parts', async (context) => {
    const { host } = hostOf(
      context,
      pluginFile('return [1, { reward: -2.5, parts: { b: 1, a: 2 }, metrics: { accuracy: 1 } }]'),
    );
    expect(await host.score(BATCH, { seed: 1 })).toEqual([
      { reward: 1, parts: {}, metrics: {} },
      { reward: -2.5, parts: { a: 2, b: 1 }, metrics: { accuracy: 1 } },
    ]);
    const floats = hostOf(context, pluginFile('return Float64Array.of(0.1, 1e308)'));
    expect((await floats.host.score(BATCH, { seed: 1 })).map(({ reward }) => reward)).toEqual([0.1, 1e308]);
  });

  it.concurrent('cannot change what it was given', async (context) => {
    const batch = structuredClone(BATCH);
    const before = createHash('sha256').update(JSON.stringify(batch)).digest('hex');
    const { host } = hostOf(
      context,
      pluginFile('batch.prompts.length = 0; batch.examples[0].text = "x"; batch.split = 1; return [1, 2]'),
    );
    expect((await host.score(batch, { seed: 1 })).map(({ reward }) => reward)).toEqual([1, 2]);
    expect(createHash('sha256').update(JSON.stringify(batch)).digest('hex')).toBe(before);
  });

  it.concurrent('draws the same numbers for the same seed', async (context) => {
    const { host } = hostOf(context, pluginFile('return [context.rng(), context.rng()]'));
    const [first, again, other] = [
      await host.score(BATCH, { seed: 7 }),
      await host.score(BATCH, { seed: 7 }),
      await host.score(BATCH, { seed: 8 }),
    ];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(first[0]!.reward).not.toBe(first[1]!.reward);
  });

  it.concurrent('asks the language model of the program, whose time is not its own', async (context) => {
    const asked: unknown[] = [];
    const { host } = hostOf(
      context,
      pluginFile('const [[a]] = await context.generate({ texts: ["t"] }); return [1, a]'),
      {
        timeoutMs: 1000,
        answer: async (question) => {
          asked.push(question.kind, question.request);
          await new Promise((resolve) => setTimeout(resolve, 1500));
          return [[5]];
        },
      },
    );
    expect((await host.score(BATCH, { seed: 1 }))[1]!.reward).toBe(5);
    expect(asked).toEqual(['generate', { texts: ['t'] }]);
  });

  it.concurrent('may print 300 MB: 64 KiB of it are kept, escaped', async (context) => {
    const body = `const line = '\\x1b]0;title\\x07'.repeat(6000) + '\\n';
      const drained = () => new Promise((resolve) => process.stdout.once('drain', resolve));
      for (let i = 0; i < 5_000; i++) if (!process.stdout.write(line)) await drained();
      return [1, 2]`;
    const { host, output } = hostOf(context, pluginFile(body), { timeoutMs: 60_000 });
    const before = process.memoryUsage.rss();
    expect(await host.score(BATCH, { seed: 1 })).toHaveLength(2);
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 2 ** 20);
    const text = output.join('');
    expect(text).toContain('\\x1b]0;title\\x07');
    expect(text).not.toContain('\x1b');
    expect(text.slice(-100)).toMatch(/… and \d{8,} bytes more/);
    expect(text.length).toBeLessThan(400_000);
  });

  it.concurrent('sees few environment variables and those that its task names', async (context) => {
    process.env.RLPROMPT_TEST_SECRET = 'secret';
    process.env.RLPROMPT_TEST_KEY = 'key';
    const body = `context.log(JSON.stringify(Object.keys(process.env))); return [1, 2]`;
    const { host, output } = hostOf(context, pluginFile(body), { env: ['RLPROMPT_TEST_KEY'] });
    await host.score(BATCH, { seed: 1 });
    expect(output.join('')).toContain('RLPROMPT_TEST_KEY');
    expect(output.join('')).toContain('PATH');
    expect(output.join('')).not.toContain('RLPROMPT_TEST_SECRET');
  });

  it.concurrent('is called again after failures, up to the limit, in a new process where the old one died', async (context) => {
    const body = `const { existsSync, writeFileSync } = await import('node:fs');
      const mark = new URL('./mark', import.meta.url);
      if (!existsSync(mark)) { writeFileSync(mark, ''); process.exit(1) } return [1, process.pid]`;
    const { host, failures } = hostOf(context, pluginFile(body), { maxErrors: 1 });
    expect(await host.score(BATCH, { seed: 1 })).toHaveLength(2);
    expect(failures.map(({ code }) => code)).toEqual(['E_PLUGIN_EXIT']);
    expect(host.failures).toBe(1);
  });

  it.concurrent('is given up after three failures in a row', async (context) => {
    const { host, failures } = hostOf(context, pluginFile('for (;;) {}'), { maxErrors: 100, timeoutMs: 200 });
    const error = await failureOf(host.score(BATCH, { seed: 1 }));
    expect(error.code).toBe('E_PLUGIN_TIMEOUT');
    expect(failures).toHaveLength(2);
    expect(host.failures).toBe(3);
  });

  it.concurrent('is replaced when something breaks after its answer, which stands', async (context) => {
    // Long enough for the answer to have arrived on a busy machine: of both at once the host may hear in either order.
    const body = 'setTimeout(() => Promise.reject(new Error("afterwards")), 1000); return [1, process.pid]';
    const { host, output, failures } = hostOf(context, pluginFile(body));
    const [, first] = await host.score(BATCH, { seed: 1 });
    await expect.poll(() => isAlive(first!.reward), { timeout: 20_000 }).toBe(false);
    // The host hears of it when the pipes are closed, a moment later; what it asked in between would be asked again.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const [, second] = await host.score(BATCH, { seed: 1 });
    expect(second!.reward).not.toBe(first!.reward);
    expect(output.join('')).toContain('after its last answer Error: afterwards');
    expect(failures).toEqual([]);
  });

  it.concurrent('says where it threw, in its own file, without the program’s frames', async (context) => {
    const { host, output } = hostOf(context, pluginFile('deep();', 'function deep() {\n  throw new Error("here");\n}'));
    const error = await failureOf(host.score(BATCH, { seed: 1 }));
    expect(error.where).toMatch(/task\.mjs:2:\d+$/);
    expect(output.join('')).toContain('at deep');
    expect(output.join('')).not.toMatch(/task-host|node:internal/);
  });

  it.concurrent('ends with what it has started, when it is stopped', async (context) => {
    const body = `const { spawn } = await import('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      return [process.pid, child.pid]`;
    const { host } = hostOf(context, pluginFile(body));
    const pids = (await host.score(BATCH, { seed: 1 })).map(({ reward }) => reward);
    host.close();
    await context.expect.poll(() => pids.filter(isAlive), { timeout: 3000 }).toEqual([]);
  });

  it.concurrent('is gone, with what it has started, after the program was killed', async (context) => {
    const body = `const { spawn } = await import('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      const { writeFileSync } = await import('node:fs');
      writeFileSync(new URL('./pids', import.meta.url), [process.pid, child.pid, 'all'].join(' '));
      for (;;) {}`;
    const file = pluginFile(body);
    const program = spawnProgram(file);
    context.onTestFinished(() => void program.kill('SIGKILL'));
    const pidsFile = join(dirname(file), 'pids');
    const readPids = () => (existsSync(pidsFile) ? readFileSync(pidsFile, 'utf8').split(' ') : []);
    await context.expect.poll(() => readPids().at(-1), { timeout: 30_000 }).toBe('all');
    const pids = readPids().slice(0, 2).map(Number);
    context.expect(pids.filter(isAlive)).toEqual(pids);
    program.kill('SIGKILL');
    await context.expect.poll(() => pids.filter(isAlive), { timeout: 5000 }).toEqual([]);
  });

  it.concurrent('stops at once when the caller is aborted', async (context) => {
    const { host } = hostOf(context, pluginFile('for (;;) {}'));
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('stopped by the user')), 300);
    await expect(host.score(BATCH, { seed: 1, signal: controller.signal })).rejects.toThrow('stopped by the user');
  });
});

/** A program of its own that waits for a reward. */
function spawnProgram(file: string): ChildProcess {
  const host = resolve(import.meta.dirname, '../../../src/rewards/custom/custom-host.ts');
  const script = join(dirname(file), 'program.ts');
  writeFileSync(
    script,
    `import { RewardHost } from ${JSON.stringify(host)};
     const options = { timeoutMs: 60_000, maxErrors: 0, answer: async () => 1 };
     const host = new RewardHost({ file: ${JSON.stringify(file)}, source: 'test', env: [] }, options);
     await host.score({ prompts: ['x'], examples: [], split: 'train' }, { seed: 1 });`,
  );
  const loader = resolve(import.meta.dirname, '../../../node_modules/jiti/lib/jiti-register.mjs');
  return spawn(process.execPath, ['--import', pathToFileURL(loader).href, script]);
}
