import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunConfigInput } from '../../../src/config/run-config.js';
import { readChosenTexts } from '../../../src/trainers/algorithms/ppo/chosen-texts.js';
import { PromptPolicy } from '../../../src/trainers/policy/prompt-policy.js';
import { stackRollouts } from '../../../src/trainers/policy/stack-rollouts.js';
import { refusalOf } from '../../data/data-folder.js';
import { scriptedGenerator } from '../scripted-generator.js';
import { toySettings } from '../toy-search.js';

const generator = scriptedGenerator();
const { tokenizer, idOf } = generator;

async function policyOf(promptLength: RunConfigInput['promptLength']): Promise<PromptPolicy> {
  const settings = toySettings({ promptLength, priorBeta: 1 });
  const policy = await PromptPolicy.create(generator, settings, { maskedInLoss: true });
  onTestFinished(() => void policy.dispose());
  return policy;
}

describe('texts that a policy is to keep writing', () => {
  it('are followed token by token, cut to the length of a prompt', async () => {
    const policy = await policyOf(2);
    const stack = await readChosenTexts(policy, tokenizer, { ptx: ['great movie', 'sad plot old'], promptLength: 2 });
    const followed = [
      await policy.follow([idOf('great'), idOf('movie')]),
      await policy.follow([idOf('sad'), idOf('plot')]),
    ];
    expect(stack).toEqual(stackRollouts(followed, undefined));
    expect(stack.actions).toEqual(['great', 'movie', 'sad', 'plot'].map(idOf));
  });

  it('end where prompts of their length may', async () => {
    const policy = await policyOf('1..3');
    const { time, actions, mayStop } = await readChosenTexts(policy, tokenizer, { ptx: ['great'], promptLength: 3 });
    expect(time).toEqual([2]);
    expect([...actions]).toEqual([idOf('great'), tokenizer.eosTokenId]);
    expect(mayStop).toEqual([false, true]);
  });

  it.each(['unheard-of', '\u0007', ''])('are refused where a prompt cannot hold them: %j', async (text) => {
    const policy = await policyOf(2);
    const error = await refusalOf(() => readChosenTexts(policy, tokenizer, { ptx: ['sad', text], promptLength: 2 }));
    expect(error).toMatchObject({
      code: 'E_PTX_TEXT',
      exit: 'config',
      message: `the text ${JSON.stringify(text)} has tokens that a prompt may not hold`,
      where: '--ptx',
      next: 'leave it out of the file, or allow its characters with --tokens all',
    });
  });
});
