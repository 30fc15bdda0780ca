import type { SettledConfig } from '../../config/defaults-for.js';
import type { RunConfig } from '../../config/run-config.js';
import type { LanguageModel } from '../../lm/model/types.js';
import { onlineFisher, withFloor } from '../../policy/fisher.js';
import type { MlpParameters } from '../../policy/parameters/mlp-parameters.js';
import type { PolicyStart } from '../../policy/policy-start.js';
import { sampleFisher } from '../../trainers/policy/sample-fisher.js';
import { checkContinues, checkSameGenerator, type EarlierRun, readEarlierRun } from '../continue/earlier-run.js';
import { type KeptStart, readStart } from '../continue/start-file.js';
import { checkRun } from './check-run.js';
import { generatorContext } from './generator-context.js';
import { generatorOf } from './run-models.js';
import { tunedTo } from './tuned-config.js';

/**
 * What a run begins with that continues another one: as its folder has it, or worked out from the earlier run.
 *
 * @param runDir the folder of the run, where it is resumed
 */
export async function continuedStart(
  config: SettledConfig & { readonly threads: number },
  generator: LanguageModel,
  runDir: string | undefined,
): Promise<KeptStart | undefined> {
  if (config.continueRun === undefined) return undefined;
  const kept = runDir === undefined ? undefined : readStart(runDir);
  if (kept) return kept;
  const earlier = readEarlierRun(config.continueRun);
  checkContinues(earlier, config);
  checkSameGenerator(earlier, generator);
  const { parameters, checkpoint } = earlier;
  const source = { run: earlier.runDir, step: checkpoint.step, sha256: checkpoint.sha256 };
  if (config.ewc === 0) return { source, parameters };
  const before = readStart(earlier.runDir)?.fisher;
  return {
    source,
    parameters,
    fisher: onlineFisher(before, withFloor(await fisherOf(earlier, generator, config)), config.ewcDecay),
  };
}

/** What the trainer is told of it. */
export function policyStart({ parameters, fisher }: KeptStart, { ewc }: Pick<RunConfig, 'ewc'>): PolicyStart {
  return { parameters, elastic: fisher && { lambda: ewc, fisher } };
}

/** Of the earlier run's policy on its own task, which is read again for what the generator LM reads before it writes. */
async function fisherOf(
  { config: given, parameters }: EarlierRun,
  model: LanguageModel,
  { threads }: { readonly threads: number },
): Promise<MlpParameters> {
  const { task, config } = await checkRun(given);
  const generator = generatorOf(model);
  const context = generatorContext(config.context, task);
  const settings = { ...tunedTo(generator, config), threads, context, start: { parameters } };
  const inputs = config.inputConditioned ? task.splits.train.map(({ text }) => text) : [];
  return sampleFisher(generator, settings, inputs);
}
