import type { Command } from 'commander';
import { EMBEDDED_MODEL } from '../../../config/settings/defaults.js';
import { requirePlaceFor, writeOutput } from '../../../files/write/write-output.js';
import { toVisibleJson } from '../../../visible-json.js';
import type { CliContext } from '../../output/context.js';
import { writeResult } from '../../output/output.js';

const EXAMPLES = `Examples:
  $ rlprompt preferences show rankings.jsonl
  $ rlprompt preferences fit rankings.jsonl --model mail-gpt-4m --out reward.json
  $ rlprompt run spam --objective preference=0.5 --reward-model reward.json
  $ rlprompt preferences pairs rankings.jsonl > pairs.jsonl
`;

export function configure(command: Command, context: CliContext): void {
  command.description('Rankings of texts and reward models fitted to them.').addHelpText('before', EXAMPLES);
  command
    .command('show')
    .description('how many rankings a file has, by whom, and how far the raters agree')
    .argument('<rankings>', 'file of rankings, or of pairs {prompt, chosen, rejected}')
    .action((file: string) => show(file, context));
  command
    .command('pairs')
    .description('the rankings as pairs {prompt, chosen, rejected}, one JSON object per line')
    .argument('<rankings>', 'file of rankings')
    .option('--out <FILE>', 'write the pairs to a file (default: stdout)')
    .action((file: string, { out }: { out?: string }) => writePairs(file, out, context));
  command
    .command('fit')
    .description('fits a reward model: a linear reward on the hidden states of a frozen language model')
    .argument('<rankings>', 'file of rankings, or of pairs {prompt, chosen, rejected}')
    .option(
      '--model <MODEL>',
      'causal language model whose states are read; runs must use it as generator',
      EMBEDDED_MODEL,
    )
    .option('--out <FILE>', 'where to write the reward model', 'reward-model.json')
    .action((file: string, options: { model: string; out: string }) => fitModel(file, options, context));
}

async function read(file: string) {
  const { readRankings } = await import('../../../preferences/ranking-file.js');
  const { latestRankings } = await import('../../../preferences/ranking.js');
  return latestRankings(readRankings(file));
}

async function show(file: string, context: CliContext): Promise<void> {
  const [rankings, { agreementOf }, { pairsOf }] = await Promise.all([
    read(file),
    import('../../../preferences/agreement.js'),
    import('../../../preferences/ranking.js'),
  ]);
  const raters: Record<string, number> = {};
  for (const { rater } of rankings) raters[rater] = (raters[rater] ?? 0) + 1;
  writeResult(
    context,
    `${toVisibleJson({
      schemaVersion: 1,
      rankings: rankings.length,
      preferences: rankings.reduce((sum, ranking) => sum + pairsOf(ranking).length, 0),
      raters,
      agreement: agreementOf(rankings),
    })}\n`,
  );
}

async function writePairs(file: string, out: string | undefined, context: CliContext): Promise<void> {
  const [rankings, { preferencesOf }] = await Promise.all([read(file), import('../../../preferences/ranking.js')]);
  const lines = rankings.flatMap(preferencesOf).map(({ context: prompt, chosen, rejected }) => ({
    prompt,
    chosen,
    rejected,
  }));
  const text = lines.map((line) => `${toVisibleJson(line)}\n`).join('');
  if (out === undefined) return writeResult(context, text);
  requirePlaceFor(out, { inputs: [file] });
  writeOutput(out, text);
}

async function fitModel(
  file: string,
  { model: name, out }: { model: string; out: string },
  context: CliContext,
): Promise<void> {
  const { isRewardModel } = await import('../../../preferences/reward-model.js');
  requirePlaceFor(out, { inputs: [file], kind: { name: 'reward model', isOne: isRewardModel } });
  const rankings = await read(file);
  const [
    { loadLanguageModel },
    { stateSourceOf },
    { fitRewardModel, requireEnoughSets, writeRewardModel },
    { proportionInterval },
  ] = await Promise.all([
    import('../../../lm/load.js'),
    import('../../../preferences/pooled-states.js'),
    import('../../../preferences/reward-model.js'),
    import('../../../report/proportion-interval.js'),
  ]);
  requireEnoughSets(rankings);
  const lm = await loadLanguageModel(name);
  try {
    const fitted = await fitRewardModel(rankings, { ...stateSourceOf(lm), name: lm.name, digest: lm.digest });
    writeRewardModel(out, fitted);
    const { heldOut } = fitted;
    // Pairs of one set are not independent, whoever ranked it: the interval counts sets.
    const interval = proportionInterval(heldOut.accuracy, heldOut.sets);
    writeResult(
      context,
      `${toVisibleJson({ schemaVersion: 1, out, lm: lm.name, heldOut: { ...heldOut, interval } })}\n`,
    );
  } finally {
    await lm.dispose();
  }
}
