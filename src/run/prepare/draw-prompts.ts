import type { MlpParameters } from '../../policy/parameters/mlp-parameters.js';
import { Rng } from '../../random/rng.js';
import type { Generator, TrainerSettings } from '../../trainers/contract/settings.js';
import { PromptPolicy } from '../../trainers/policy/prompt-policy.js';
import type { EarlierRun } from '../continue/earlier-run.js';
import { checkRun } from './check-run.js';
import { generatorContext } from './generator-context.js';
import { tunedTo } from './tuned-config.js';

/**
 * Draws prompts from some policies as a run draws them; each policy meets the same random numbers.
 * @returns [policy][prompt]
 */
export async function drawPrompts(
  generator: Generator,
  { config: given }: Pick<EarlierRun, 'config'>,
  policies: readonly MlpParameters[],
  count: number,
): Promise<string[][]> {
  const { task, config } = await checkRun(given);
  const settings: TrainerSettings = { ...tunedTo(generator, config), context: generatorContext(config.context, task) };
  const drawn: string[][] = [];
  for (const parameters of policies) {
    const policy = await PromptPolicy.create(generator, { ...settings, start: { parameters } }, { maskedInLoss: true });
    const rollouts = await policy.sample(count, Rng.create(config.seed, 'sampling'));
    drawn.push(rollouts.map(({ text }) => text));
    await policy.dispose();
  }
  return drawn;
}
