import type { Command } from 'commander';
import { EMBEDDED_MODEL } from '../../../config/settings/defaults.js';
import { RlpromptError } from '../../../errors.js';
import { abortable } from '../../../files/abortable.js';
import { requirePlaceFor, writeOutput } from '../../../files/write/write-output.js';
import { countOf, groupDigits } from '../../../group-digits.js';
import type { Agreement } from '../../../preferences/agreement.js';
import type { FittedRewardModel } from '../../../preferences/reward-model.js';
import { safeText } from '../../../ui/draw/safe-text.js';
import { toVisibleJson } from '../../../visible-json.js';
import type { CliContext } from '../../output/context.js';
import { formatTable } from '../../output/format-table.js';
import { writeResult } from '../../output/output.js';
import { warn } from '../../output/say.js';
import { interruption } from '../../signals/interruption.js';

const EXAMPLES = `Examples:
  $ rlprompt preferences show rankings.jsonl
  $ rlprompt preferences fit rankings.jsonl --model mail-gpt-4m --out reward.json
  $ rlprompt run spam --objective preference=0.5 --reward-model reward.json
  $ rlprompt preferences pairs rankings.jsonl > pairs.jsonl
`;

interface FitOptions {
  readonly model: string;
  readonly out: string;
  readonly json?: true;
}

export function configure(command: Command, context: CliContext): void {
  command.description('Rankings of texts and reward models fitted to them.').addHelpText('before', EXAMPLES);
  command
    .command('show')
    .description('how many rankings a file has, by whom, and how far the raters agree')
    .argument('<rankings>', 'file of rankings, or of pairs {prompt, chosen, rejected}')
    .option('--json', 'print one JSON object')
    .action((file: string, { json }: { json?: true }) => show(file, json, context));
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
    .option('--json', 'print one JSON object')
    .action((file: string, options: FitOptions) => fitModel(file, options, context));
}

async function read(file: string) {
  const { readRankings } = await import('../../../preferences/ranking-file.js');
  const { latestRankings } = await import('../../../preferences/ranking.js');
  const rankings = latestRankings(readRankings(file));
  if (rankings.length > 0) return rankings;
  throw new RlpromptError({
    code: 'E_RANKING_COUNT',
    exit: 'data',
    message: 'there are no rankings in the file',
    where: file,
    kept: 'the file is unchanged',
    next: 'rank some texts with "rlprompt rate"',
  });
}

async function show(file: string, json: true | undefined, context: CliContext): Promise<void> {
  const [rankings, { agreementOf }, { pairsOf }] = await Promise.all([
    read(file),
    import('../../../preferences/agreement.js'),
    import('../../../preferences/ranking.js'),
  ]);
  const raters: Record<string, number> = {};
  for (const { rater } of rankings) raters[rater] = (raters[rater] ?? 0) + 1;
  const preferences = rankings.reduce((sum, ranking) => sum + pairsOf(ranking).length, 0);
  const agreement = agreementOf(rankings);
  if (json) {
    const shown = { schemaVersion: 1, rankings: rankings.length, preferences, raters, agreement };
    return writeResult(context, `${toVisibleJson(shown)}\n`);
  }
  const rows = Object.entries(raters).map(([rater, count]) => [rater, groupDigits(count)]);
  const table = formatTable([['rater', 'rankings'], ...rows], { right: [1] });
  const count = `${countOf(rankings.length, 'ranking')}, ${countOf(preferences, 'pair')} in order`;
  writeResult(context, `${table}\n${count}\n${agreementText(agreement)}\n`);
}

function agreementText({ pairs, share, contradictions }: Agreement): string {
  if (share === undefined) return 'no pair was ranked twice, so agreement is unknown';
  const agreed = `agreement ${share.toFixed(3)} on ${countOf(pairs, 'pair')} ranked more than once`;
  return contradictions === 0
    ? agreed
    : `${agreed}; rankings contradict each other on ${groupDigits(contradictions)} of them`;
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

async function fitModel(file: string, { model: name, out, json }: FitOptions, context: CliContext): Promise<void> {
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
  requireEnoughSets(rankings, file);
  const signal = interruption('the rankings are unchanged, no reward model was written');
  const lm = await loadLanguageModel(name);
  try {
    const fit = fitRewardModel(rankings, { ...stateSourceOf(lm), name: lm.name, digest: lm.digest });
    const fitted = await abortable(fit, signal);
    writeRewardModel(out, fitted);
    const { heldOut } = fitted;
    // Pairs of one set are not independent, whoever ranked it: the interval counts sets.
    const interval = proportionInterval(heldOut.accuracy, heldOut.sets);
    if (interval[0] <= 0.5) warn(context, NO_BETTER_THAN_CHANCE);
    const result = { schemaVersion: 1, out, lm: lm.name, heldOut: { ...heldOut, interval } };
    writeResult(context, json ? `${toVisibleJson(result)}\n` : fittedText(result));
  } finally {
    await lm.dispose();
  }
}

const NO_BETTER_THAN_CHANCE =
  'the reward model may be no better than chance: rank more sets, or sets whose texts differ more, before a run uses it';

interface Fitted extends Pick<FittedRewardModel, 'lm'> {
  readonly out: string;
  readonly heldOut: FittedRewardModel['heldOut'] & { readonly interval: readonly [low: number, high: number] };
}

function fittedText({ out, lm, heldOut: { accuracy, interval, rankings, sets } }: Fitted): string {
  const between = interval.map((bound) => bound.toFixed(3)).join(' to ');
  return (
    `${safeText(out)}: fitted to ${countOf(rankings, 'ranking')} by the states of ${safeText(lm)}\n` +
    `held-out pairs in the right order: ${accuracy.toFixed(3)} (95 % interval ${between}, ${countOf(sets, 'set')})\n`
  );
}
