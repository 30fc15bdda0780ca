import { join } from 'node:path';
import type { Command } from 'commander';
import { RlpromptError } from '../../../errors.js';
import { abortable } from '../../../files/abortable.js';
import { isThere } from '../../../files/read/is-there.js';
import { readText } from '../../../files/read/read-file.js';
import { requirePlaceFor } from '../../../files/write/write-output.js';
import { countOf, groupDigits } from '../../../group-digits.js';
import type { Ranking } from '../../../preferences/ranking.js';
import type { RatingSet } from '../../../preferences/rating-sets.js';
import { safeText } from '../../../ui/draw/safe-text.js';
import { loadInk } from '../../../ui/load-ink.js';
import { keptRankings } from '../../../ui/rating-state.js';
import { toVisibleJson } from '../../../visible-json.js';
import { parseCount, parseSeed, parseSize } from '../../options/parse-count.js';
import type { CliContext } from '../../output/context.js';
import { writeResult } from '../../output/output.js';
import { warn } from '../../output/say.js';
import { userName } from '../../shared/user-name.js';
import { interruption } from '../../signals/interruption.js';

const EXAMPLES = `Examples:
  $ rlprompt rate runs/spam-… --out rankings.jsonl             rank prompts of a run, four at a time
  $ rlprompt rate answers.txt --items 3 --rater anna           rank the lines of a file
  $ rlprompt rate runs/spam-… --judge mail-gpt-4m              let a language model rank them
  $ rlprompt preferences fit rankings.jsonl --out reward.json  learn what was preferred
`;

interface RateOptions {
  readonly out: string;
  readonly items: number;
  readonly sets: number;
  readonly seed: number;
  readonly rater?: string;
  readonly judge?: string;
  readonly json?: true;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description(
      'Ranks texts, the best first, and stores the rankings as JSON lines. You can stop and continue later: sets that ' +
        'a rater has ranked are not shown again.',
    )
    .argument('<source>', 'run folder, whose prompts are ranked, or a text file with one text per line')
    .option('--out <FILE>', 'rankings are added to this file', 'rankings.jsonl')
    .option('--items <N>', 'texts ranked at once, 2 to 9', parseCount, 4)
    .option('--sets <N>', 'sets to rank', parseSize, 10)
    .option('--seed <N>', 'which sets are drawn', parseSeed, 0)
    .option('--rater <NAME>', 'who ranks (default: your user name, or the judge)')
    .option('--judge <MODEL>', 'language model that ranks in place of a person')
    .option('--json', 'print one JSON object')
    .addHelpText('before', EXAMPLES)
    .action((source: string, options: RateOptions) => rate(source, options, context));
}

async function rate(source: string, options: RateOptions, context: CliContext): Promise<void> {
  checkOptions(options);
  const rater = raterOf(options, context);
  requirePlaceFor(options.out, { inputs: [source] });
  const [{ drawSets, openSets }, { cutHalfRanking, readRankings, RankingWriter }] = await Promise.all([
    import('../../../preferences/rating-sets.js'),
    import('../../../preferences/ranking-file.js'),
  ]);
  const { texts, context: purpose } = await readSource(source);
  const { items, sets: wanted, seed } = options;
  const sets = drawSets(texts, { items, sets: wanted, seed, context: purpose, where: source });
  if (sets.length < options.sets) warn(context, `${tooFewSets(sets)}: --sets ${options.sets} is more`);
  if (isThere(options.out) && cutHalfRanking(options.out))
    warn(context, `the last ranking of ${options.out} was half written and is removed`);
  const done = isThere(options.out) ? readRankings(options.out) : [];
  const open = openSets(sets, done, rater);
  // Opening begins the file: not before all else is known to be right.
  const writing = async (rank: (add: AddRanking) => Promise<number>): Promise<number> => {
    const writer = RankingWriter.open(options.out);
    const add: AddRanking = (set, order, note = '') =>
      writer.add({ context: set.context, items: set.items, order, rater, ...(note === '' ? {} : { note }) });
    return rank(add).finally(() => writer.close());
  };
  const ranked = open.length > 0 ? await rankBy(options.judge, open, writing, context) : 0;
  const left = open.length - ranked;
  const { out, json } = options;
  const told = `${safeText(out)}: ${countOf(ranked, 'set')} ranked by ${safeText(rater)}, ${groupDigits(left)} left`;
  writeResult(context, `${json ? toVisibleJson({ schemaVersion: 1, out, rater, ranked, left }) : told}\n`);
}

type AddRanking = (set: RatingSet, order: Ranking['order'], note?: string) => void;
type Writing = (rank: (add: AddRanking) => Promise<number>) => Promise<number>;

/** @returns how many of the sets were ranked */
async function rankBy(
  judge: string | undefined,
  sets: readonly RatingSet[],
  writing: Writing,
  context: CliContext,
): Promise<number> {
  if (judge !== undefined) return rankByModel(judge, sets, writing);
  requireTerminal(context);
  const { rateInTerminal } = await loadInk(() => import('../../../ui/ink/questions/rating-screen.js'));
  const { stderr, stdin, env } = context;
  return writing((add) => rateInTerminal({ sets, stderr, stdin, env, onRanked: add }));
}

async function rankByModel(name: string, sets: readonly RatingSet[], writing: Writing): Promise<number> {
  const [{ loadLanguageModel }, { judgeOf }, { rankByJudge }] = await Promise.all([
    import('../../../lm/load.js'),
    import('../../../rewards/judge/judge-model.js'),
    import('../../../rewards/judge/rank-texts.js'),
  ]);
  const model = await loadLanguageModel(name);
  const signal = interruption();
  let ranked = 0;
  try {
    const judge = judgeOf(model);
    return await writing(async (add) => {
      for (const set of sets) {
        add(set, await abortable(rankByJudge(judge, set.items), signal));
        ranked += 1;
      }
      return ranked;
    });
  } catch (error) {
    if (!(error instanceof RlpromptError) || error !== signal.reason) throw error;
    const told = { kept: keptRankings(ranked), next: 'the same command continues' };
    throw new RlpromptError({ ...error.parts, ...told, cause: error });
  } finally {
    await model.dispose();
  }
}

function raterOf({ rater, judge }: RateOptions, { env }: CliContext): string {
  const name = rater ?? judge ?? userName(env);
  if (rater?.trim() === '') throw wrongOption('--rater is empty: a ranking names who ranked');
  if (name === undefined) throw wrongOption('the system has no name for this user: say with --rater NAME who ranks');
  return name;
}

function tooFewSets(sets: readonly RatingSet[]): string {
  const size = sets[0]?.items.length ?? 0;
  return `the texts make only ${countOf(sets.length, 'different set')} of ${size}`;
}

async function readSource(source: string): Promise<{ texts: readonly string[]; context: string }> {
  if (isThere(join(source, 'run.json'))) {
    const { readRunRecord } = await import('../../../export/run-record.js');
    const { prompts, start } = readRunRecord(source);
    return { texts: prompts.map(({ text }) => text), context: `prompts for the task ${start.task}` };
  }
  return { texts: readText(source).split(/\r\n|\n/), context: '' };
}

function checkOptions({ items }: RateOptions): void {
  if (items < 2 || items > 9) throw wrongOption(`--items ${items}: a set has 2 to 9 texts`);
}

function wrongOption(message: string): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message,
    kept: 'nothing was written',
    next: 'rlprompt rate --help',
  });
}

function requireTerminal({ stdin, stderr }: CliContext): void {
  if (stdin.isTTY && stderr.isTTY) return;
  throw new RlpromptError({
    code: 'E_NO_TERMINAL',
    exit: 'usage',
    message: 'ranking needs an interactive terminal',
    where: 'rlprompt rate',
    kept: 'the rankings made before',
    next: 'start it in a terminal, or let a language model rank with --judge MODEL',
  });
}
