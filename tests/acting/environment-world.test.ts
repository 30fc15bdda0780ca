import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EnvironmentWorld } from '../../src/acting/environment-world.js';
import { playEpisode } from '../../src/acting/episodes.js';
import { measure } from '../../src/acting/measure.js';
import type { Choice } from '../../src/acting/policy/phrase-policy.js';
import type { RlpromptError } from '../../src/errors.js';
import { openWorld, worldFile } from './world-file.js';

const SEEN = "return { observation: 'a door', actions: ['open it', 'wait'] }";
const STEP = "return { observation: 'a room', actions: ['sit'], reward: 1, done: true }";

async function failureOf(promise: Promise<unknown>): Promise<RlpromptError> {
  return promise.then(
    (value) => expect.unreachable(`answered ${JSON.stringify(value)}`),
    (error: RlpromptError) => error,
  );
}

describe('an environment in a process of its own', () => {
  it('says what it is, and answers', async (context) => {
    const world = await openWorld(context, worldFile(SEEN, STEP, 'mostSteps: 7,'));
    expect(world.facts).toEqual({ name: 'small', tasks: { train: ['go'], test: ['stay'] }, mostSteps: 7 });
    expect(await world.reset('go')).toEqual({ observation: 'a door', actions: ['open it', 'wait'] });
    expect(await world.step('wait')).toEqual({ observation: 'a room', actions: ['sit'], reward: 1, done: true });
  });

  it.concurrent.for<[string, string, string, string, string]>([
    [
      'offers no action at the start',
      "return { observation: '', actions: [] }",
      STEP,
      'E_ENVIRONMENT_ACTIONS',
      'no action after 0 steps',
    ],
    [
      'offers no action in the middle',
      SEEN,
      "return { observation: '', actions: [], reward: 0, done: false }",
      'E_ENVIRONMENT_ACTIONS',
      'no action after 1 step, and',
    ],
    [
      'offers more actions than can be read',
      "return { observation: '', actions: Array.from({ length: 1001 }, (_, i) => 'take ' + i) }",
      STEP,
      'E_ENVIRONMENT_ACTIONS',
      'it offers 1,001 actions at once, and a policy chooses among 1,000 at most',
    ],
    [
      'offers an action twice',
      "return { observation: '', actions: ['wait', 'wait'] }",
      STEP,
      'E_ENVIRONMENT_ACTIONS',
      '"wait" is there twice',
    ],
    [
      'changes how an action is spelled',
      SEEN,
      "return { observation: '', actions: ['Open it.'], reward: 0, done: false }",
      'E_ENVIRONMENT_SPELLING',
      '"open it" is now spelled "Open it."',
    ],
    [
      'offers an action with a blank at an end, which it might not know when it is sent back',
      "return { observation: 'a door', actions: ['wait', 'go north '] }",
      STEP,
      'E_ENVIRONMENT_ANSWER',
      'actions.1: an action begins and ends with no blank',
    ],
    [
      'answers out of turn',
      SEEN,
      "return { observation: '', actions: ['wait'], turn: 0, reward: 0, done: false }",
      'E_ENVIRONMENT_TURN',
      'turn 0, expected turn 1',
    ],
    [
      'gives no number as reward',
      SEEN,
      STEP.replace('reward: 1', 'reward: NaN'),
      'E_ENVIRONMENT_ANSWER',
      'reward: a number is expected, not NaN',
    ],
    [
      'gives a reward that nothing can be learned from',
      SEEN,
      STEP.replace('reward: 1', 'reward: -1e300'),
      'E_ENVIRONMENT_ANSWER',
      'step gave a wrong answer: reward is below -1000000',
    ],
    ['gives nothing', '', STEP, 'E_ENVIRONMENT_ANSWER', 'reset gave a wrong answer'],
    ['throws', SEEN, "throw new Error('it is locked')", 'E_PLUGIN_THROW', 'the environment threw Error: it is locked'],
    ['throws null', SEEN, 'throw null', 'E_PLUGIN_THROW', 'the environment threw null'],
    [
      'sends messages of its own',
      SEEN,
      "process.send('junk')",
      'E_PLUGIN_THROW',
      'the environment threw TypeError: process.send is not a function',
    ],
    ['ends its process', SEEN, 'process.exit(0)', 'E_PLUGIN_EXIT', 'the environment’s process exited with code 0'],
  ])('is stopped where it %s', async ([, reset, step, code, message], { onTestFinished }) => {
    const world = await openWorld({ onTestFinished }, worldFile(reset, step));
    const error = await failureOf(world.reset('go').then(() => world.step('open it')));
    expect(error.code).toBe(code);
    expect(error.exitCode).toBe(70);
    expect(error.message).toContain(message);
    expect(error.next).toBe('correct the environment; then repeat the command');
  });

  it.concurrent.for([
    ['turn by +1', 'turn by -1'],
    ['दरवाज़ा खोलो', 'दरवाज़े खोलो'],
    ['rate it 5', 'rate it -5'],
  ])('may offer %s and %s in turn: signs and vowels make different actions', async ([one, other], context) => {
    const answer = `observation: 'a door', actions: [${JSON.stringify(other)}], reward: 0, done: true`;
    const world = await openWorld(
      context,
      worldFile(`return { observation: 'a door', actions: [${JSON.stringify(one)}] }`, `return { ${answer} }`),
    );
    await world.reset('go');
    expect((await world.step(one!)).actions).toEqual([other]);
  });

  it('may offer phrases side by side that differ in marks alone, together and one by one', async (context) => {
    const answer = "observation: 'a door', actions: ['open it'], reward: 0, done: true";
    const both = "return { observation: 'a door', actions: ['Open it!', 'open it'] }";
    const world = await openWorld(context, worldFile(both, `return { ${answer} }`));
    await world.reset('go');
    expect((await world.step('Open it!')).actions).toEqual(['open it']);
    expect((await world.reset('go')).actions).toEqual(['Open it!', 'open it']);
  });

  it('is stopped where an episode does not end', async (context) => {
    const step = "return { observation: '', actions: ['wait'], reward: 0, done: false }";
    const world = await openWorld(context, worldFile(SEEN, step, 'mostSteps: 3,'));
    await world.reset('go');
    await world.step('wait');
    await world.step('wait');
    const error = await failureOf(world.step('wait'));
    expect(error.code).toBe('E_ENVIRONMENT_ENDLESS');
    expect(error.message).toContain('has not ended after 3 steps, though mostSteps is 3');
    expect(error.kept).toBeUndefined();
  });

  it('has an episode cut after 100 steps where it does not say how many it takes', async (context) => {
    const step = "return { observation: '', actions: ['wait'], reward: -0.1, done: false }";
    const world = await openWorld(context, worldFile(SEEN, step));
    const policy = { look: async (text: string, actions: readonly string[]) => ({ text, actions }) as Choice };
    const { steps, total, isCut } = await playEpisode(world, 'go', policy, () => 0);
    expect([steps.length, isCut]).toEqual([100, true]);
    expect(total).toBeCloseTo(-10);
    const measured = await measure(world, ['go', 'stay'], policy, () => () => 0, 1);
    expect(measured).toMatchObject({ episodes: 2, meanSteps: 100, cut: 2 });
  });

  it('is stopped where it does not answer in time', async (context) => {
    const world = await openWorld(context, worldFile(SEEN, 'await new Promise(() => {})'), 500);
    await world.reset('go');
    const error = await failureOf(world.step('wait'));
    expect(error.code).toBe('E_PLUGIN_TIMEOUT');
    expect(error.message).toContain('the environment gave no answer within 0.5 s');
  });

  it('is stopped where its file does not finish loading in the time for an answer', async () => {
    const file = worldFile('', '');
    writeFileSync(file, 'await new Promise(() => setInterval(() => {}, 1e6));');
    const error = await failureOf(EnvironmentWorld.open(file, 1000));
    expect(error.code).toBe('E_PLUGIN_TIMEOUT');
    expect(error.message).toBe(
      'the file of the environment did not finish loading within 3 s and its process was ended',
    );
  });

  it('is refused where there is none', async () => {
    const error = await failureOf(EnvironmentWorld.open('castle', 1000));
    expect(error.code).toBe('E_ENVIRONMENT_MISSING');
    expect(error.message).toContain('built-in: kitchen');
  });

  it('is refused where its file throws, which is said once', async () => {
    const file = worldFile('', '');
    writeFileSync(file, "throw new Error('no door');");
    const error = await failureOf(EnvironmentWorld.open(file, 1000));
    expect([error.code, error.message]).toEqual(['E_PLUGIN_LOAD', 'the environment cannot be loaded: no door']);
  });

  it('is refused where its definition is wrong, with all that is wrong', async () => {
    const error = await failureOf(
      EnvironmentWorld.open(worldFile('', '', 'tasks: { train: [] }, mostSteps: 0,'), 1000),
    );
    expect(error.code).toBe('E_PLUGIN_LOAD');
    expect(error.message).toMatch(/tasks\.train.*tasks\.test.*mostSteps/);
  });
});
