import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ActFolder, ActPlan } from '../../../acting/act-folder.js';
import type { EnvironmentWorld } from '../../../acting/environment-world.js';
import type { CurvePoint } from '../../../acting/learner.js';
import type { Measured } from '../../../acting/measure.js';
import { EMBEDDED_MODEL } from '../../../config/settings/defaults.js';
import { RlpromptError } from '../../../errors.js';
import type { LabelNormalisation, LanguageModel } from '../../../lm/model/types.js';
import { shellWord } from '../../../shell-word.js';
import type { NonEmpty } from '../../../statistics/non-empty.js';
import { toVisibleJson } from '../../../visible-json.js';
import type { CliContext } from '../../output/context.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';
import { say, warn } from '../../output/say.js';
import { announceReport } from '../../shared/announce-report.js';
import { parseSeed, parseSize } from '../../shared/parse-count.js';
import { parsePositive } from '../../shared/parse-positive.js';

const EXAMPLES = `Examples:
  $ rlprompt act score kitchen                     the frozen model, three ways to score a phrase
  $ rlprompt act score my-world.ts --episodes 20
  $ rlprompt act train kitchen --out cook           learn by PPO
  $ rlprompt act train kitchen --out cook --learner mcts   from what a tree search finds
  $ rlprompt act train kitchen --out cook --learner memory --updates 80   nothing is trained, actions are remembered
  $ rlprompt act resume cook                        after it was stopped
  $ rlprompt act report cook --open                 its curves as a page
`;

const LEARNERS: readonly ActPlan['learner'][] = ['ppo', 'mcts', 'memory', 'rememberer'];
const NORMALISATIONS: readonly LabelNormalisation[] = ['none', 'token', 'word'];

interface WorldOptions {
  readonly model: string;
  readonly seed: number;
  readonly timeout: number;
}

interface TrainOptions extends WorldOptions {
  readonly out: string;
  readonly learner: ActPlan['learner'];
  readonly updates: number;
  readonly episodes: number;
  readonly learningRate: number;
  readonly json?: true;
}

interface ResumeOptions {
  readonly changedEnvironment?: boolean;
  readonly timeout?: number;
  readonly json?: true;
}

interface ReportOptions {
  readonly out?: string;
  readonly open?: true;
}

export function configure(command: Command, context: CliContext): void {
  command.description('Acts in a text environment by choosing among phrases.').addHelpText('before', EXAMPLES);
  worldOptions(command.command('score').description('how the frozen model acts before anything is learned'))
    .option('--episodes <N>', 'episodes of each task', parseSize, 5)
    .addOption(new Option('--normalise <HOW>', 'one way only: divide log p of a phrase by').choices(NORMALISATIONS))
    .option('--json', 'print one JSON object')
    .action(
      (reference: string, options: WorldOptions & { episodes: number; normalise?: LabelNormalisation; json?: true }) =>
        score(reference, options, context),
    );
  worldOptions(command.command('train').description('learns to act, with phrases scored per word'))
    .requiredOption('--out <DIR>', 'new folder for checkpoints and the result')
    .addOption(
      new Option(
        '--learner <NAME>',
        'mcts imitates what tree searches find, memory does what was worth most, rememberer has the model read that',
      )
        .choices(LEARNERS)
        .default('ppo'),
    )
    .option('--updates <N>', 'updates of the policy', parseSize, 400)
    .option('--episodes <N>', 'episodes that an update learns from', parseSize, 36)
    .option('--learning-rate <RATE>', 'of the trained part (ppo, mcts)', parsePositive, 3e-3)
    .option('--json', 'print one JSON object')
    .action((reference: string, options: TrainOptions) => startTraining(reference, options, context));
  command
    .command('resume')
    .description('resumes learning from its latest checkpoint')
    .argument('<folder>', 'folder after --out of act train')
    .option('--changed-environment', 'learn on, although the file of the environment is another now')
    .option('--timeout <SECONDS>', 'how long the environment may take to answer (default: as before)', parsePositive)
    .option('--json', 'print one JSON object')
    .action((folder: string, options: ResumeOptions) => resumeTraining(folder, options, context));
  command
    .command('report')
    .description('writes one HTML page with the curves of one folder or of several')
    .argument('<folder...>', 'folders after --out of act train')
    .option('-o, --out <FILE>', 'where to write it (default: report.html in the first folder)')
    .option('--open', 'open it in the browser')
    .action((folders: NonEmpty<string>, options: ReportOptions) => report(folders, options, context));
}

function worldOptions(command: Command): Command {
  return command
    .argument('<environment>', 'built-in environment (kitchen), or the file of one')
    .option('--model <MODEL>', 'causal language model of this machine', EMBEDDED_MODEL)
    .option('--seed <N>', 'same seed, same episodes', parseSeed, 0)
    .option('--timeout <SECONDS>', 'how long the environment may take to answer', parsePositive, 60);
}

async function score(
  reference: string,
  options: WorldOptions & { episodes: number; normalise?: LabelNormalisation; json?: true },
  context: CliContext,
): Promise<void> {
  const { seed, episodes, normalise } = options;
  await withWorld(reference, options, async (world, model) => {
    const [{ stateSourceOf }, { PhrasePolicy }, { drawingChooser }, { measure }, { LONGEST_EPISODE }, { Rng }] =
      await Promise.all([
        import('../../../preferences/pooled-states.js'),
        import('../../../acting/policy/phrase-policy.js'),
        import('../../../acting/actors.js'),
        import('../../../acting/measure.js'),
        import('../../../acting/episodes.js'),
        import('../../../random/rng.js'),
      ]);
    const { train, test } = world.facts.tasks;
    const rows: (Measured & { normalise: LabelNormalisation })[] = [];
    for (const way of normalise ? [normalise] : NORMALISATIONS) {
      const policy = await PhrasePolicy.create(stateSourceOf(model), { normalise: way, seed });
      const choose = drawingChooser((choice) => policy.logProbs(choice), Rng.create(seed, 'sampling'));
      rows.push({ normalise: way, ...(await measure(world, [...train, ...test], policy, () => choose, episodes)) });
      await policy.dispose();
    }
    const json = { schemaVersion: 1, environment: world.facts.name, model: model.name, seed, rows };
    writeResult(context, options.json ? `${toVisibleJson(json)}\n` : scoreTable(rows, LONGEST_EPISODE));
  });
}

async function startTraining(reference: string, options: TrainOptions, context: CliContext): Promise<void> {
  const { out, learner, seed, updates, episodes, learningRate, timeout, json } = options;
  const { createActFolder, refuseTakenActFolder } = await import('../../../acting/act-folder.js');
  refuseTakenActFolder(out);
  await withWorld(reference, options, async (world, model) => {
    const { stateSourceOf } = await import('../../../preferences/pooled-states.js');
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

async function resumeTraining(
  path: string,
  { changedEnvironment: mayChange = false, timeout, json }: ResumeOptions,
  context: CliContext,
): Promise<void> {
  const [{ openActFolder, withFilesOf }, { readActCheckpoint }] = await Promise.all([
    import('../../../acting/act-folder.js'),
    import('../../../acting/act-checkpoint.js'),
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
    });
  } finally {
    folder.close();
  }
}

async function report(folders: NonEmpty<string>, { out, open }: ReportOptions, context: CliContext): Promise<void> {
  const [{ readActRecord }, { renderActReport }, { writeOutput }] = await Promise.all([
    import('../../../acting/act-record.js'),
    import('../../../acting/act-report.js'),
    import('../../../files/write/write-output.js'),
  ]);
  const file = resolve(out ?? join(folders[0], 'report.html'));
  writeOutput(file, renderActReport(folders.map(readActRecord)));
  await announceReport(file, open, context);
}

const OTHER_ENVIRONMENT =
  'the environment is another than before: what was learned may not fit, and the result is not that of an unbroken run';
const NEW_ENVIRONMENT = 'the environment is another than before; nothing was learned in that one';

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
    import('../../../preferences/pooled-states.js'),
    import('../../../acting/policy/phrase-policy.js'),
    import('../../../acting/training.js'),
    import('../../../acting/episodes.js'),
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
  writeResult(context, json ? `${toVisibleJson(object)}\n` : toTable('tasks', rows, LONGEST_EPISODE));
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

async function withWorld(
  reference: string,
  { model: name, timeout }: Pick<WorldOptions, 'model' | 'timeout'>,
  use: (world: EnvironmentWorld, model: LanguageModel) => Promise<void>,
): Promise<void> {
  const [{ loadLanguageModel }, { EnvironmentWorld: World }] = await Promise.all([
    import('../../../lm/load.js'),
    import('../../../acting/environment-world.js'),
  ]);
  const world = await World.open(reference, timeout * 1000);
  try {
    const model = await loadLanguageModel(name);
    await use(world, model).finally(() => model.dispose());
  } finally {
    world.close();
  }
}

/** @param what the rows are */
function toTable(what: string, rows: readonly (Measured & { name: string })[], longest: number): string {
  const isCut = rows.some(({ cut }) => cut !== undefined);
  const lines = rows.map(({ name, episodes, meanReturn, meanSteps, cut = 0, best }) => [
    name,
    String(episodes),
    meanReturn.toFixed(3),
    meanSteps.toFixed(1),
    ...(isCut ? [String(cut)] : []),
    best === undefined ? '-' : `${(100 * best).toFixed(1)} %`,
  ]);
  const cuts = isCut ? [`cut at ${longest} steps`] : [];
  const head = [what, 'episodes', 'return', 'steps', ...cuts, 'best return'];
  return formatTable([head, ...lines], { right: head.map((_, column) => column).slice(1) });
}

function scoreTable(rows: readonly (Measured & { normalise: LabelNormalisation })[], longest: number): string {
  const named = rows.map(({ normalise, ...row }) => ({ name: NAMES[normalise], ...row }));
  return toTable('score of a phrase', named, longest);
}

const NAMES: Readonly<Record<LabelNormalisation, string>> = {
  none: 'log p',
  token: 'log p / tokens',
  word: 'log p / words',
};
