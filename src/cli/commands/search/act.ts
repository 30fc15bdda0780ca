import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ActPlan } from '../../../acting/act-folder.js';
import type { Measured } from '../../../acting/measure.js';
import { EMBEDDED_MODEL } from '../../../config/settings/defaults.js';
import type { LabelNormalisation } from '../../../lm/model/types.js';
import type { NonEmpty } from '../../../statistics/non-empty.js';
import { toVisibleJson } from '../../../visible-json.js';
import { actingTable } from '../../acting/acting-table.js';
import { type ResumeOptions, resumeTraining, startTraining, type TrainOptions } from '../../acting/learn-to-act.js';
import { type WorldOptions, withWorld } from '../../acting/with-world.js';
import { parseSeed, parseSize } from '../../options/parse-count.js';
import { parsePositive } from '../../options/parse-positive.js';
import { type CliContext, NOTHING_WRITTEN } from '../../output/context.js';
import { writeResult } from '../../output/output.js';
import { announceReport } from '../../shared/announce-report.js';

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
    .option('--changed-environment', 'continue although the environment’s file has changed')
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
  context.keptAtStop = NOTHING_WRITTEN;
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

async function report(folders: NonEmpty<string>, { out, open }: ReportOptions, context: CliContext): Promise<void> {
  const [{ readActRecord }, { renderActReport }, { isReportPage }, { requirePlaceFor, writeOutput }] =
    await Promise.all([
      import('../../../acting/act-record.js'),
      import('../../../acting/act-report.js'),
      import('../../../report/page/whole-page.js'),
      import('../../../files/write/write-output.js'),
    ]);
  const file = resolve(out ?? join(folders[0], 'report.html'));
  requirePlaceFor(file, { kind: { name: 'report', isOne: isReportPage } });
  writeOutput(file, renderActReport(folders.map(readActRecord)));
  await announceReport(file, open, context);
}

function scoreTable(rows: readonly (Measured & { normalise: LabelNormalisation })[], longest: number): string {
  const named = rows.map(({ normalise, ...row }) => ({ name: NAMES[normalise], ...row }));
  return actingTable('score of a phrase', named, longest);
}

const NAMES: Readonly<Record<LabelNormalisation, string>> = {
  none: 'log p',
  token: 'log p / tokens',
  word: 'log p / words',
};
