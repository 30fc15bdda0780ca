import { currentSettings } from '../../config/removed-settings.js';
import { completeRunConfig } from '../../config/resolve-run-config.js';
import { RlpromptError } from '../../errors.js';
import type { PromptSummary } from '../../events.js';
import type { LanguageModel } from '../../lm/model/types.js';
import type { ConditionedPolicy } from '../../trainers/contract/types.js';
import { createTrainer } from '../../trainers/registry.js';
import type { KeptPolicy } from '../policies/conditioned-policies.js';
import { readPolicy } from '../policies/policy-file.js';
import { readManifest } from '../store/run-manifest.js';
import { generatorOf } from './run-models.js';
import { tunedTo } from './tuned-config.js';

/** The best policy of a run, ready to propose prompts. */
export interface OpenedPolicy extends ConditionedPolicy {
  readonly summary: PromptSummary;
  /** Frees what the runtime holds; the generator LM belongs to whoever loaded it. */
  dispose(): Promise<void>;
}

/**
 * Takes the best policy of a run that reads its inputs into use again, with the generator LM that it was learned on.
 * @throws RlpromptError `E_NO_POLICY`, `E_POLICY_FILE`, `E_MODEL_DRIFT` where the generator LM is another one now
 */
export async function openPolicy(
  runDir: string,
  load: (name: string) => Promise<LanguageModel>,
): Promise<OpenedPolicy> {
  const manifest = readManifest(runDir);
  const { summary, parameters }: KeptPolicy = readPolicy(runDir);
  const config = completeRunConfig(currentSettings(manifest.config));
  const model = await load(config.generator);
  if (model.digest !== manifest.digests.generator) throw otherGenerator(runDir, model.name);
  const generator = generatorOf(model);
  const trainer = await createTrainer(config.trainer, generator, tunedTo(generator, config));
  const policy = trainer.conditioned!;
  return {
    summary,
    promptsFor: (inputs) => policy.promptsFor(inputs, parameters),
    parameters: () => parameters,
    readsWhole: (input) => policy.readsWhole(input),
    dispose: () => trainer.dispose(),
  };
}

function otherGenerator(runDir: string, name: string): RlpromptError {
  return new RlpromptError({
    code: 'E_MODEL_DRIFT',
    exit: 'data',
    message: `the generator LM ${name} is not the one that the policy was learned on: its files have changed`,
    where: runDir,
    kept: 'the run is unchanged',
    next: 'put the model of the run back in its place',
  });
}
