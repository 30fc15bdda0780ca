import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ActPlan, createActFolder, openActFolder, readActPlan, withFilesOf } from '../../src/acting/act-folder.js';
import type { CurvePoint } from '../../src/acting/learner.js';
import { PhrasePolicy } from '../../src/acting/policy/phrase-policy.js';
import { train } from '../../src/acting/training.js';
import { loadLanguageModel } from '../../src/lm/load.js';
import type { LanguageModel } from '../../src/lm/model/types.js';
import { stateSourceOf } from '../../src/preferences/pooled-states.js';
import { openWorld, worldFile } from './world-file.js';

const base = mkdtempSync(join(tmpdir(), 'rlprompt-act-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let model: LanguageModel;
beforeAll(async () => {
  model = await loadLanguageModel('mail-gpt-4m');
});
afterAll(() => model.dispose());

/** Take the key, then open the door: the other way round the episode ends with nothing. */
const reset =
  "return { observation: 'The key lies here. You', actions: ['take the key', 'open the door'], bestReturn: 1 }";
const step = `const tookKey = turn === 1 && action === 'take the key';
  const isOut = turn === 2 && action === 'open the door';
  return { observation: 'You hold the key. You', actions: ['wait', 'open the door'], reward: isOut ? 1 : 0, done: !tookKey };`;
const world = worldFile(reset, step);

const PLAN: ActPlan = {
  schemaVersion: 2,
  environment: world,
  environmentDigest: 'e',
  model: 'mail-gpt-4m',
  modelDigest: 'm',
  learner: 'ppo',
  seed: 3,
  updates: 25,
  episodes: 8,
  learningRate: 3e-3,
  timeout: 20,
};

const open = (onTestFinished: (done: () => void) => void) => openWorld({ onTestFinished } as never, world);
const policyOf = () => PhrasePolicy.create(stateSourceOf(model), { normalise: 'word', seed: PLAN.seed });
/** Checkpoints in their turn only, or after each update. */
const watch = (isDue = false) => ({ onSaved: () => {}, isDue: () => isDue, warn: () => {} });
const checkpointsOf = (folder: string) =>
  readdirSync(join(folder, 'checkpoints')).map((name) => [name, readFileSync(join(folder, 'checkpoints', name))]);

describe('learning to act', () => {
  it.for<ActPlan['learner']>(['ppo', 'mcts', 'memory', 'rememberer'])(
    'by %s finds the best return, and ends with the same bytes where it was stopped in between',
    {
      timeout: 240_000,
    },
    async (learner, { onTestFinished }) => {
      const plan = { ...PLAN, learner };
      const [whole, broken] = [join(base, `${learner}-whole`), join(base, `${learner}-broken`)];
      const first = createActFolder(whole, plan, new Date(0));
      const result = await train(first, await open(onTestFinished), await policyOf(), watch());
      first.close();
      expect(result.curve).toHaveLength(PLAN.updates);
      expect(result.train).toEqual({ episodes: 1, meanReturn: 1, meanSteps: 2, best: 1 });

      const second = createActFolder(broken, plan, new Date(0));
      const stopAt14 = ({ update }: CurvePoint) => {
        if (update === 14) throw new Error('stopped');
      };
      const seldom = { ...watch(), onUpdate: stopAt14 };
      const stopped = train(second, await open(onTestFinished), await policyOf(), seldom);
      await expect(stopped).rejects.toThrow('stopped');
      second.close();
      expect(existsSync(join(broken, 'result.json'))).toBe(false);
      const seen: number[] = [];
      const resumed = openActFolder(broken, new Date(0));
      const often = { ...watch(true), onUpdate: ({ update }: CurvePoint) => void seen.push(update) };
      const stoppedAgain = train(resumed, await open(onTestFinished), await policyOf(), {
        ...often,
        onSaved: ({ update }) => {
          if (update === 13) throw new Error('stopped again');
        },
      });
      await expect(stoppedAgain).rejects.toThrow('stopped again');
      await train(resumed, await open(onTestFinished), await policyOf(), often);
      resumed.close();
      expect(seen).toEqual([11, 12, 13, ...Array.from({ length: 12 }, (_, i) => 14 + i)]);
      expect(checkpointsOf(whole).map(([name]) => name)).toEqual(['step-000025.safetensors']);
      expect(checkpointsOf(broken)).toEqual(checkpointsOf(whole));
      expect(readFileSync(join(broken, 'result.json'))).toEqual(readFileSync(join(whole, 'result.json')));
    },
  );

  it('removes what a killed process left half-written', () => {
    const path = join(base, 'half-written');
    createActFolder(path, PLAN, new Date(0)).close();
    mkdirSync(join(path, 'checkpoints'));
    for (const name of ['.result.json', 'checkpoints/.step-000001.safetensors'])
      writeFileSync(join(path, `${name}.4194999-0123456789ab.tmp`), 'x');
    openActFolder(path, new Date(0)).close();
    expect(readdirSync(path, { recursive: true }).sort()).toEqual(['act.json', 'checkpoints']);
  });

  it('refuses to resume with other files, in another folder, or with a damaged plan', () => {
    const path = join(base, 'refused');
    const folder = createActFolder(path, PLAN, new Date(0));
    folder.close();
    const other = { environmentDigest: 'other', modelDigest: 'm' };
    expect(() => withFilesOf(folder, other, { mayChange: false, hasLearned: true })).toThrow(
      expect.objectContaining({
        code: 'E_DATA_DRIFT',
        message: `the environment ${world} changed since learning began`,
        next: expect.stringMatching(/rlprompt act resume \S+refused --changed-environment$/),
      }),
    );
    const otherModel = { environmentDigest: 'e', modelDigest: 'other' };
    expect(() => withFilesOf(folder, otherModel, { mayChange: true, hasLearned: true })).toThrow(
      expect.objectContaining({ code: 'E_DATA_DRIFT', message: 'the model mail-gpt-4m changed since learning began' }),
    );
    for (const [mayChange, hasLearned] of [
      [true, true],
      [false, false],
    ] as const) {
      expect(withFilesOf(folder, other, { mayChange, hasLearned }).plan.environmentDigest).toBe('other');
      expect(readActPlan(path).environmentDigest).toBe('other');
    }
    expect(() => openActFolder(base, new Date(0))).toThrow(expect.objectContaining({ code: 'E_NOT_A_RUN' }));
    writeFileSync(join(path, 'act.json'), '{');
    expect(() => openActFolder(path, new Date(0))).toThrow(expect.objectContaining({ code: 'E_MANIFEST' }));
    expect(() => createActFolder(path, PLAN, new Date(0))).toThrow(
      expect.objectContaining({ code: 'E_FOLDER_NOT_EMPTY' }),
    );
  });
});
