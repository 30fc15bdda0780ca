import { flagName } from '../../config/config-layers.js';
import { currentSettings } from '../../config/removed-settings.js';
import { completeRunConfig } from '../../config/resolve-run-config.js';
import type { RunConfig } from '../../config/run-config.js';
import { RlpromptError } from '../../errors.js';
import type { MlpParameters } from '../../policy/parameters/mlp-parameters.js';
import { unnamed } from '../../policy/parameters/saved-parameters.js';
import { shellWord } from '../../shell-word.js';
import { readLatestCheckpoint, type StoredCheckpoint } from '../checkpoint/checkpoint.js';
import { resultOf } from '../store/run-folder.js';
import { readManifest } from '../store/run-manifest.js';

/** A run whose policy another one continues. */
export interface EarlierRun {
  readonly runDir: string;
  readonly config: RunConfig;
  /** sha256 of the files of its generator LM. */
  readonly generatorDigest: string | undefined;
  readonly checkpoint: StoredCheckpoint;
  readonly parameters: MlpParameters;
  /** What to say of it to a user who continues it. */
  readonly warnings: readonly string[];
}

/** Settings without which equal parameters are another policy. */
const SAME = ['innerSize', 'priorBeta'] as const;

/**
 * The policy of a run as its last checkpoint has it.
 * @throws RlpromptError `E_CONTINUE_POLICY` where it has none
 */
export function readEarlierRun(runDir: string): EarlierRun {
  const manifest = readManifest(runDir);
  const latest = readLatestCheckpoint(runDir);
  const checkpoint = latest?.checkpoint;
  if (!checkpoint?.arrays['policy.w1']) throw noPolicy(runDir, checkpoint);
  const config = completeRunConfig(currentSettings(manifest.config));
  const damage = latest?.warnings ?? [];
  return {
    runDir,
    config,
    generatorDigest: manifest.digests.generator,
    checkpoint,
    parameters: unnamed('policy', checkpoint.arrays),
    warnings: [...damage, ...unfinished(runDir, checkpoint.step, config)].map((what) => `the earlier run: ${what}`),
  };
}

function unfinished(runDir: string, step: number, { steps }: RunConfig): string[] {
  return resultOf(runDir) === undefined ? [`it was stopped after step ${step} of ${steps}`] : [];
}

/** A setting by which equal parameters would be two policies. */
export function otherSetting(earlier: EarlierRun, config: RunConfig): (typeof SAME)[number] | undefined {
  return SAME.find((name) => earlier.config[name] !== config[name]);
}

/** @throws RlpromptError `E_CONTINUE_MISMATCH` where the parameters would be another policy with these settings */
export function checkContinues(earlier: EarlierRun, config: RunConfig): void {
  const key = otherSetting(earlier, config);
  if (key === undefined) return;
  throw mismatch(earlier, `its --${flagName(key)} is ${earlier.config[key]}, that of this run ${config[key]}`);
}

/** @throws RlpromptError `E_CONTINUE_MISMATCH` where the policy was learned on another generator LM */
export function checkSameGenerator(earlier: EarlierRun, { name, digest }: { name: string; digest: string }): void {
  if (earlier.generatorDigest === digest) return;
  throw mismatch(earlier, `its generator LM is ${earlier.config.generator}, that of this run ${name}`);
}

function mismatch({ runDir, config }: EarlierRun, why: string): RlpromptError {
  const { generator, innerSize, priorBeta } = config;
  return new RlpromptError({
    code: 'E_CONTINUE_MISMATCH',
    exit: 'config',
    message: `the policy of the earlier run does not fit: ${why}`,
    where: runDir,
    kept: 'the earlier run is unchanged',
    next: `use --generator ${generator} --inner-size ${innerSize} --prior-beta ${priorBeta}`,
  });
}

function noPolicy(runDir: string, checkpoint: StoredCheckpoint | undefined): RlpromptError {
  return new RlpromptError({
    code: 'E_CONTINUE_POLICY',
    exit: 'missingInput',
    message: checkpoint
      ? 'the trainer of the run has no policy that could be continued'
      : 'the run has no checkpoint yet',
    where: runDir,
    kept: 'the run is unchanged',
    next: checkpoint
      ? 'name a run of log-variance, or another trainer with a policy'
      : `rlprompt resume ${shellWord(runDir)}`,
  });
}
