import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import type { RewardHost } from '../../../src/rewards/custom/custom-host.js';
import type { RewardBatch } from '../../../src/task/types.js';
import { refusalOf } from '../../data/data-folder.js';
import { BATCH, hostOf, isAlive, pluginFile } from '../plug-in.js';
import { examplesOf } from '../scripted-scorer.js';

async function expectRefused(host: RewardHost, batch: RewardBatch, code: string, message: string): Promise<void> {
  const error = await refusalOf(() => host.score(batch, { seed: 1 }));
  expect(error.code).toBe(code);
  expect(error.exitCode).toBe(70);
  expect(error.message).toContain(message);
  expect(error.where).toContain('task.mjs');
  expect(error.line()).not.toMatch(/[\x00-\x1f]/);
}

const PUBLIC_API = new URL('../../../dist/src/index.js', import.meta.url);
const SECOND = 'prompt 1 (" one two")';

describe('a bad reward ends with its name, at its time, and never as a low reward', () => {
  const living: [string, string, string, string][] = [
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
    [
      'asks the language model wrongly',
      'await context.embed("x"); return [1, 2]',
      'E_PLUGIN_THROW',
      'the reward threw Error: nothing embeds here',
    ],
    [
      'calls the program wrongly',
      `const { Molecules } = await import("${PUBLIC_API}"); (await Molecules.open()).parse("C1CC(")`,
      'E_PLUGIN_THROW',
      'the reward threw E_SMILES: "C1CC(" is not a molecule',
    ],
  ];
  // None of these ends its process, so one serves them all.
  const cases = living.map(([name, body]) => `case ${JSON.stringify(name)}: {\n${body}\n}`);
  const { host: patient } = hostOf(
    { onTestFinished: afterAll },
    pluginFile(`switch (batch.examples[0].text) {\n${cases.join('\n')}\n}`),
    { answer: () => Promise.reject(new Error('nothing embeds here')) },
  );

  it.for(living)('%s', async ([name, , code, message]) => {
    await expectRefused(patient, { ...BATCH, examples: examplesOf([name], [0]) }, code, message);
  });

  it.concurrent.for<[string, string, string, string]>([
    ['exits with success', 'process.exit(0)', 'E_PLUGIN_EXIT', 'exited with code 0 without an answer'],
    ['kills itself', 'process.kill(process.pid, "SIGKILL")', 'E_PLUGIN_EXIT', 'was ended by SIGKILL without an answer'],
    [
      'throws out of reach',
      'setTimeout(() => { throw new Error("late") }); await new Promise(() => {})',
      'E_PLUGIN_STRAY',
      'the reward threw out of reach: Error: late',
    ],
    [
      'sends messages of its own',
      'process.send("junk")',
      'E_PLUGIN_THROW',
      'the reward threw TypeError: process.send is not a function',
    ],
  ])('%s', async ([, body, code, message], context) => {
    await expectRefused(hostOf(context, pluginFile(body)).host, BATCH, code, message);
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
    const error = await refusalOf(() => host.score(BATCH, { seed: 1 }));
    expect(error.code).toBe('E_PLUGIN_TIMEOUT');
    expect(error.exitCode).toBe(70);
    const waited = performance.now() - since;
    expect(waited).toBeGreaterThan(290);
    expect(waited).toBeLessThan(3000);
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
    const error = await refusalOf(() => host.score(BATCH, { seed: 1 }));
    expect(error.code).toBe('E_PLUGIN_TIMEOUT');
    expect(failures).toHaveLength(2);
    expect(host.failures).toBe(3);
  });

  it.concurrent('is replaced when something breaks after its answer, which stands', async (context) => {
    // Long enough for the answer to have arrived on a busy machine: of both at once the host may hear in either order.
    const body = 'setTimeout(() => Promise.reject(new Error("afterwards")), 1000); return [1, process.pid]';
    const { host, output, failures } = hostOf(context, pluginFile(body));
    const [, first] = await host.score(BATCH, { seed: 1 });
    await context.expect.poll(() => isAlive(first!.reward), { timeout: 20_000 }).toBe(false);
    // The host hears of it when the pipes are closed, a moment later; what it asked in between would be asked again.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const [, second] = await host.score(BATCH, { seed: 1 });
    expect(second!.reward).not.toBe(first!.reward);
    expect(output.join('')).toContain('after its last answer Error: afterwards');
    expect(failures).toEqual([]);
  });

  it.concurrent('says where it threw, in its own file, without the program’s frames', async (context) => {
    const { host, output } = hostOf(context, pluginFile('deep();', 'function deep() {\n  throw new Error("here");\n}'));
    const error = await refusalOf(() => host.score(BATCH, { seed: 1 }));
    expect(error.where).toMatch(/task\.mjs:2:\d+$/);
    expect(output.join('')).toContain('at deep');
    expect(output.join('')).not.toMatch(/task-host|node:internal/);
  });

  it.concurrent('stops at once when the caller is aborted', async (context) => {
    const { host } = hostOf(context, pluginFile('for (;;) {}'));
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('stopped by the user')), 300);
    await expect(host.score(BATCH, { seed: 1, signal: controller.signal })).rejects.toThrow('stopped by the user');
  });
});
