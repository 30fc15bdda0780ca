import type { ActFolder, ActPlan } from '../../acting/act-folder.js';
import type { EnvironmentWorld } from '../../acting/environment-world.js';
import type { CurvePoint } from '../../acting/learner.js';
import { RlpromptError } from '../../errors.js';
import type { LanguageModel } from '../../lm/model/types.js';
import { shellWord } from '../../shell-word.js';
import { toVisibleJson } from '../../visible-json.js';
import type { CliContext } from '../output/context.js';
import { writeResult } from '../output/output.js';
import { say, warn } from '../output/say.js';
import { fromAnotherFolder } from '../shared/from-another-folder.js';
import { actingTable } from './acting-table.js';
import { type WorldOptions, withWorld } from './with-world.js';

export interface TrainOptions extends WorldOptions {
  readonly out: string;
  readonly learner: ActPlan['learner'];
  readonly updates: number;
  readonly episodes: number;
  readonly learningRate: number;
  readonly json?: true;
}

export interface ResumeOptions {
  readonly changedEnvironment?: boolean;
  readonly timeout?: number;
  readonly json?: true;
}

export async function startTraining(reference: string, options: TrainOptions, context: CliContext): Promise<void> {
  const { out, learner, seed, updates, episodes, learningRate, timeout, json } = options;
  const { createActFolder, refuseTakenActFolder } = await import('../../acting/act-folder.js');
  refuseTakenActFolder(out);
  await withWorld(reference, options, async (world, model) => {
    const { stateSourceOf } = await import('../../preferences/pooled-states.js');
    // A model that cannot act leaves no folder behind.
    stateSourceOf(model);
    const plan = {
      schemaVersion: 2 as const,
      environment: reference,
      environmentDigest: world.digest,
      model: options.model,
      modelDigest: model.digest,
      learner,
      seed,
      updates,
      episodes,
      learningRate,
      timeout,
    };
    const folder = createActFolder(out, plan, new Date());
    await learn({ folder, world, model, json }, context).finally(() => folder.close());
  });
}

export async function resumeTraining(
  path: string,
  { changedEnvironment: mayChange = false, timeout, json }: ResumeOptions,
  context: CliContext,
): Promise<void> {
  const [{ openActFolder, withFilesOf }, { readActCheckpoint }] = await Promise.all([
    import('../../acting/act-folder.js'),
    import('../../acting/act-checkpoint.js'),
  ]);
  const folder = openActFolder(path, new Date());
  try {
    const hasLearned = readActCheckpoint(path, folder.plan) !== undefined;
    const options = { model: folder.plan.model, timeout: timeout ?? folder.plan.timeout };
    await withWorld(folder.plan.environment, options, async (world, model) => {
      const now = { environmentDigest: world.digest, modelDigest: model.digest };
      const current = withFilesOf(folder, now, { mayChange, hasLearned });
      if (current !== folder) warn(context, hasLearned ? OTHER_ENVIRONMENT : NEW_ENVIRONMENT);
      await learn({ folder: current, world, model, json }, context);
    }).catch((error: unknown) => {
      throw fromAnotherFolder(error, 'resume learning');
    });
  } finally {
    folder.close();
  }
}

const OTHER_ENVIRONMENT =
  'the environment has changed: what was learned may not fit, and the result is not that of an unbroken run';
const NEW_ENVIRONMENT = 'the environment has changed; nothing was learned in the one before';

/** How old the last checkpoint may be after an update. */
const CHECKPOINT_MS = 5000;

interface Learning {
  readonly folder: ActFolder;
  readonly world: EnvironmentWorld;
  readonly model: LanguageModel;
  readonly json: true | undefined;
}

async function learn({ folder, world, model, json }: Learning, context: CliContext): Promise<void> {
  const resume = `rlprompt act resume ${shellWord(folder.path)}`;
  context.resumeWith = resume;
  const [{ stateSourceOf }, { PhrasePolicy }, { train }, { LONGEST_EPISODE }] = await Promise.all([
    import('../../preferences/pooled-states.js'),
    import('../../acting/policy/phrase-policy.js'),
    import('../../acting/training.js'),
    import('../../acting/episodes.js'),
  ]);
  const { seed, updates } = folder.plan;
  const policy = await PhrasePolicy.create(stateSourceOf(model), { normalise: 'word', seed });
  let saved = { update: 0, at: performance.now() };
  context.keptAtStop = learnedUpTo(0);
  const onSaved = ({ update, meanReturn, cut, entropy }: CurvePoint): void => {
    saved = { update, at: performance.now() };
    context.keptAtStop = learnedUpTo(update);
    const numbers = `return ${meanReturn.toFixed(3)} · entropy ${entropy.toFixed(3)}`;
    const cuts = cut === undefined ? '' : ` · cut at ${LONGEST_EPISODE} steps: ${cut}`;
    say(context, `update ${update} of ${updates} · ${numbers}${cuts}`);
  };
  const isDue = () => performance.now() - saved.at > CHECKPOINT_MS;
  const result = await train(folder, world, policy, { onSaved, isDue, warn: (message) => warn(context, message) })
    .catch((error: unknown) => {
      throw faultOf(error, { saved: saved.update, resume });
    })
    .finally(() => policy.dispose());
  context.resumeWith = undefined;
  context.keptAtStop = undefined;
  const { train: learned, test } = result;
  const object = { schemaVersion: 1, out: folder.path, train: learned, test };
  const rows = [
    { name: 'training', ...learned },
    { name: 'held out', ...test },
  ];
  writeResult(context, json ? `${toVisibleJson(object)}\n` : actingTable('tasks', rows, LONGEST_EPISODE));
}

/** What is kept of the learning; for a fault of the environment, the command that learns on in one that was corrected. */
function faultOf(error: unknown, { saved, resume }: { saved: number; resume: string }): unknown {
  if (!(error instanceof RlpromptError)) return error;
  const kept = learnedUpTo(saved);
  if (!/^E_(PLUGIN|ENVIRONMENT)_/.test(error.code)) {
    return new RlpromptError({ ...error.parts, kept: error.kept ?? kept, cause: error });
  }
  const corrected = `correct the environment; then: ${resume}${saved > 0 ? ' --changed-environment' : ''}`;
  const isLate = error.code === 'E_PLUGIN_TIMEOUT';
  const next = isLate ? `give it longer: ${resume} --timeout SECONDS; or ${corrected}` : corrected;
  return new RlpromptError({ ...error.parts, kept, next, cause: error });
}

function learnedUpTo(update: number): string {
  return update === 0 ? 'nothing was learned yet' : `what was learned up to update ${update}`;
}
