import { type Command, Option } from 'commander';
import { EMBEDDED_MODEL } from '../../../config/settings/defaults.js';
import { TEXT_REWARD_NAMES, type TextRewardName } from '../../../decoding/text-rewards.js';
import type { DecodingMethod, DecodingRequest } from '../../../decoding/trade-off.js';
import { RlpromptError } from '../../../errors.js';
import { requirePlaceFor, writeOutput } from '../../../files/write/write-output.js';
import { countOf } from '../../../group-digits.js';
import { mean } from '../../../statistics/mean.js';
import { safeText } from '../../../ui/draw/safe-text.js';
import { formatScore } from '../../../ui/format-values.js';
import { toVisibleJson } from '../../../visible-json.js';
import { fittedText, tradeOffTable } from '../../decoding/decoding-text.js';
import { type LmOptions, withLm, withScorers } from '../../decoding/with-scorers.js';
import { collect } from '../../options/config-options.js';
import { parseCount, parseSeed, parseSize } from '../../options/parse-count.js';
import { parseStrength } from '../../options/parse-positive.js';
import { type CliContext, NOTHING_WRITTEN } from '../../output/context.js';
import { writeResult } from '../../output/output.js';
import { quotePrompt } from '../../output/result-line.js';

/** Blocks to choose from where nothing else is said. */
const CANDIDATES = 4;

const EXAMPLES = `Examples:
  $ rlprompt decode sample "Dear all," --reward shorter --texts 128 --out texts.jsonl
  $ rlprompt decode fit texts.jsonl --out shorter.safetensors
  $ rlprompt decode write "Dear all," --scorer shorter.safetensors --strength 2
  $ rlprompt decode table "Dear all," --scorer shorter.safetensors --reward shorter
`;

/** What `table` compares: the LM itself first. */
const METHODS: readonly DecodingMethod[] = [
  ...[0, 0.5, 1, 2, 4].map((strength) => ({ kind: 'token-wise' as const, strength })),
  ...[2, 4, 8].map((candidates) => ({ kind: 'block-wise' as const, blockLength: 4, candidates })),
  ...[2, 4, 8].map((candidates) => ({ kind: 'best-of' as const, candidates })),
];

interface FitOptions extends LmOptions {
  readonly loss: 'fudge' | 'cd-q';
  readonly epochs: number;
  readonly out: string;
  readonly json?: true;
}

interface TextOptions extends LmOptions {
  readonly texts: number;
  readonly tokens: number;
  readonly json?: true;
}

interface SampleOptions extends TextOptions {
  readonly reward: TextRewardName;
  readonly out: string;
}

interface ScorerOptions extends TextOptions {
  readonly scorer: readonly string[];
  readonly reward: TextRewardName;
}

interface WriteOptions extends ScorerOptions {
  readonly strength: number;
  readonly block?: number;
  readonly candidates?: number;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description('Decodes a frozen language model under the guidance of a learned scorer of prefixes.')
    .addHelpText('before', EXAMPLES);
  const sample = command
    .command('sample')
    .description('writes texts of the model with their rewards, to learn a scorer from');
  rewardOption(textOptions(sample, 128))
    .requiredOption('--out <FILE>', 'where to write the texts, one JSON object per line')
    .option('--json', 'print one JSON object')
    .action((prefixes: string[], options: SampleOptions) => sampleTexts(prefixes, options, context));
  lmOptions(command.command('fit').description('fits a scorer of prefixes to texts with rewards'))
    .argument('<texts>', 'file of texts with rewards')
    .addOption(
      new Option('--loss <NAME>', 'fudge = the reward of the whole text, cd-q = the model’s mean over the next token')
        .choices(['fudge', 'cd-q'])
        .default('fudge'),
    )
    .option('--epochs <N>', 'passes over the texts', parseSize, 30)
    .option('--out <FILE>', 'where to write the scorer', 'scorer.safetensors')
    .option('--json', 'print one JSON object')
    .action((file: string, options: FitOptions) => fitTo(file, options, context));
  scorerOptions(textOptions(command.command('write').description('writes texts under the guidance of scorers'), 1))
    .option(
      '--strength <LAMBDA>',
      'token by token, how far the scorers lead away from the model, at most 1000',
      parseStrength,
      1,
    )
    .addOption(
      new Option('--block <M>', 'in blocks of M tokens, the best of --candidates each, in place of token by token')
        .argParser(parseCount)
        .conflicts('strength'),
    )
    .option('--candidates <K>', `with --block: blocks to choose from (default: ${CANDIDATES})`, parseSize)
    .option('--json', 'print one JSON object per line')
    .action((prefixes: string[], options: WriteOptions) => write(prefixes, options, context));
  rewardOption(
    scorerOptions(
      textOptions(
        command.command('table').description('reward, KL to the model and tokens drawn of several ways to decode'),
        32,
      ),
    ),
  )
    .option('--json', 'print one JSON object')
    .action((prefixes: string[], options: ScorerOptions) => table(prefixes, options, context));
}

function lmOptions(command: Command): Command {
  return command
    .option('--model <MODEL>', 'causal language model of this machine', EMBEDDED_MODEL)
    .option('--top-k <K>', 'draw among the K likeliest tokens', parseCount, 20)
    .option('--seed <N>', 'same seed, same texts', parseSeed, 0);
}

function textOptions(command: Command, texts: number): Command {
  return lmOptions(command)
    .argument('<prefix...>', 'prefixes of texts')
    .option('--texts <N>', 'texts for each prefix', parseSize, texts)
    .option('--tokens <N>', 'longest text', parseSize, 24);
}

function rewardOption(command: Command): Command {
  return command.addOption(
    new Option('--reward <NAME>', 'what is wanted of a text').choices(TEXT_REWARD_NAMES).default('shorter'),
  );
}

function scorerOptions(command: Command): Command {
  return command.requiredOption(
    '--scorer <FILE[=WEIGHT]>',
    'a scorer and its weight (1 if left out); repeatable',
    collect,
  );
}

async function sampleTexts(prefixes: string[], options: SampleOptions, context: CliContext): Promise<void> {
  const { reward, out, json } = options;
  const { isRewardedTexts } = await import('../../../decoding/rewarded-texts.js');
  requirePlaceFor(out, { kind: { name: 'file of texts with rewards', isOne: isRewardedTexts } });
  context.keptAtStop = NOTHING_WRITTEN;
  await withLm(options, async (lm, model) => {
    const [{ decodeAll }, { TEXT_REWARDS }] = await Promise.all([
      import('../../../decoding/trade-off.js'),
      import('../../../decoding/text-rewards.js'),
    ]);
    const decoded = await decodeAll(
      lm,
      { kind: 'token-wise', strength: 0 },
      requestOf(prefixes, { ...options, scorers: [] }),
    );
    const lines = decoded.map(({ prefix, decoded: text }) => {
      return {
        schemaVersion: 1,
        prefix,
        text: text.text,
        tokenIds: text.tokenIds,
        reward: TEXT_REWARDS[reward](text),
        rewardName: reward,
        lm: model.name,
        lmDigest: model.digest,
      };
    });
    writeOutput(out, lines.map((line) => `${toVisibleJson(line)}\n`).join(''));
    const result = { schemaVersion: 1, out, texts: lines.length };
    const told = `${safeText(out)}: ${countOf(lines.length, 'text')}, mean reward ${formatScore(mean(lines.map((line) => line.reward)))}`;
    writeResult(context, `${json ? toVisibleJson(result) : told}\n`);
  });
}

async function fitTo(file: string, options: FitOptions, context: CliContext): Promise<void> {
  const { out, json } = options;
  const { isScorer, writeScorer } = await import('../../../decoding/prefix-scorer.js');
  requirePlaceFor(out, { inputs: [file], kind: { name: 'scorer', isOne: isScorer } });
  const { readRewardedTexts, tokensOf } = await import('../../../decoding/rewarded-texts.js');
  const read = readRewardedTexts(file);
  context.keptAtStop = NOTHING_WRITTEN;
  await withLm(options, async (lm, { name, digest }) => {
    const { fitScorer } = await import('../../../decoding/fit-scorer.js');
    const { tokenizer, vocabularySize, contextLength, endToken } = lm;
    const texts = tokensOf(read, { name, digest, tokenizer, vocabularySize, contextLength, endToken });
    const facts = { lm: name, lmDigest: digest, reward: read.rewardName ?? file };
    const scorer = await fitScorer(lm, texts, facts, options);
    writeScorer(out, scorer);
    const result = { schemaVersion: 1, out, ...scorer.facts };
    writeResult(context, `${json ? toVisibleJson(result) : fittedText(out, scorer.facts)}\n`);
  });
}

async function write(prefixes: string[], options: WriteOptions, context: CliContext): Promise<void> {
  const { strength, block, candidates = CANDIDATES, json } = options;
  if (block === undefined && options.candidates !== undefined) throw candidatesWithoutBlock();
  context.keptAtStop = NOTHING_WRITTEN;
  const method: DecodingMethod =
    block === undefined ? { kind: 'token-wise', strength } : { kind: 'block-wise', blockLength: block, candidates };
  await withScorers(options, async (lm, scorers) => {
    const { decodeAll } = await import('../../../decoding/trade-off.js');
    const decoded = await decodeAll(lm, method, requestOf(prefixes, { ...options, reward: 'shorter', scorers }));
    const lines = decoded.map(({ prefix, decoded: text }) =>
      json
        ? toVisibleJson({ schemaVersion: 1, prefix, ...text })
        : `${quotePrompt(prefix + text.text)} · KL ${text.kl.toFixed(2)} · ${countOf(text.drawn, 'token')} drawn`,
    );
    writeResult(context, lines.map((line) => `${line}\n`).join(''));
  });
}

function candidatesWithoutBlock(): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: '--candidates is for blocks: token by token there is nothing to choose from',
    where: '--candidates',
    kept: 'nothing was started',
    next: 'add --block M, or leave --candidates out',
  });
}

async function table(prefixes: string[], options: ScorerOptions, context: CliContext): Promise<void> {
  context.keptAtStop = NOTHING_WRITTEN;
  await withScorers(options, async (lm, scorers) => {
    const { measureTradeOff } = await import('../../../decoding/trade-off.js');
    const rows = await measureTradeOff(lm, METHODS, requestOf(prefixes, { ...options, scorers }));
    writeResult(
      context,
      options.json ? `${toVisibleJson({ schemaVersion: 1, rows })}\n` : tradeOffTable(rows, options.reward),
    );
  });
}

function requestOf(
  prefixes: readonly string[],
  { texts, tokens, seed, reward, scorers }: TextOptions & Pick<DecodingRequest, 'reward' | 'scorers'>,
): DecodingRequest {
  return { prefixes, texts, maxTokens: tokens, seed, reward, scorers };
}
