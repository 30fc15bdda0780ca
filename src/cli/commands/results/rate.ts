import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { RlpromptError } from '../../../errors.js';
import { isThere } from '../../../files/read/is-there.js';
import { readText } from '../../../files/read/read-file.js';
import type { Ranking } from '../../../preferences/ranking.js';
import type { RatingSet } from '../../../preferences/rating-sets.js';
import { loadInk } from '../../../ui/load-ink.js';
import type { CliContext } from '../../output/context.js';
import { formatJson, writeResult } from '../../output/output.js';
import { warn } from '../../output/say.js';
import { parseCount, parseSize } from '../../shared/parse-count.js';

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
  readonly seed: string;
  readonly rater?: string;
  readonly judge?: string;
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
    .option('--seed <N>', 'which sets are drawn', '0')
    .option('--rater <NAME>', 'who ranks (default: your user name, or the judge)')
    .option('--judge <MODEL>', 'language model that ranks in place of a person')
    .addHelpText('before', EXAMPLES)
    .action((source: string, options: RateOptions) => rate(source, options, context));
}

async function rate(source: string, options: RateOptions, context: CliContext): Promise<void> {
  const seed = checkOptions(options);
  const [{ drawSets, openSets }, { cutHalfRanking, readRankings, RankingWriter }] = await Promise.all([
    import('../../../preferences/rating-sets.js'),
    import('../../../preferences/ranking-file.js'),
  ]);
  const { texts, context: purpose } = await readSource(source);
  const sets = drawSets(texts, { items: options.items, sets: options.sets, seed, context: purpose });
  if (isThere(options.out) && cutHalfRanking(options.out))
    warn(context, `the last ranking of ${options.out} was half written and is removed`);
  const done = isThere(options.out) ? readRankings(options.out) : [];
  const rater = options.rater ?? options.judge ?? userInfo().username;
  const open = openSets(sets, done, rater);
  if (open.length > 0 && options.judge === undefined) requireTerminal(context);
  const writer = open.length > 0 ? RankingWriter.open(options.out) : undefined;
  const add = (set: RatingSet, order: Ranking['order'], note = ''): void =>
    writer?.add({ context: set.context, items: set.items, order, rater, ...(note === '' ? {} : { note }) });
  try {
    const ranked =
      options.judge === undefined ? await askPerson(open, add, context) : await askJudge(open, add, options);
    const left = open.length - ranked;
    writeResult(context, `${formatJson({ schemaVersion: 1, out: options.out, rater, ranked, left })}\n`);
  } finally {
    writer?.close();
  }
}

type AddRanking = (set: RatingSet, order: Ranking['order'], note?: string) => void;

async function askPerson(sets: readonly RatingSet[], add: AddRanking, context: CliContext): Promise<number> {
  if (sets.length === 0) return 0;
  const { rateInTerminal } = await loadInk(() => import('../../../ui/ink/questions/rating-screen.js'));
  const { stderr, stdin, env } = context;
  return rateInTerminal({ sets, stderr, stdin, env, onRanked: add });
}

async function askJudge(sets: readonly RatingSet[], add: AddRanking, { judge = '' }: RateOptions): Promise<number> {
  const [{ loadLanguageModel }, { judgeOf }, { rankByJudge }] = await Promise.all([
    import('../../../lm/load.js'),
    import('../../../rewards/judge/judge-model.js'),
    import('../../../rewards/judge/rank-texts.js'),
  ]);
  const model = await loadLanguageModel(judge);
  try {
    for (const set of sets) add(set, await rankByJudge(judgeOf(model), set.items));
  } finally {
    await model.dispose();
  }
  return sets.length;
}

async function readSource(source: string): Promise<{ texts: readonly string[]; context: string }> {
  if (isThere(join(source, 'run.json'))) {
    const { readRunRecord } = await import('../../../export/run-record.js');
    const { prompts, start } = readRunRecord(source);
    return { texts: prompts.map(({ text }) => text), context: `prompts for the task ${start.task}` };
  }
  return { texts: readText(source).split(/\r\n|\n/), context: '' };
}

function checkOptions({ items, seed }: RateOptions): number {
  const number = Number(seed);
  if (items < 2 || items > 9) throw wrongOption(`--items ${items}: a set has 2 to 9 texts`);
  if (!Number.isSafeInteger(number) || number < 0) throw wrongOption(`--seed ${seed}: expected a whole number from 0`);
  return number;
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
