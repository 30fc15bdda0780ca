/**
 * What a search brings on rows that nothing was chosen on:
 * `npm run bench:held-out -- --data A.csv [--text-column T --label-column L] --resplits 20 --forwards 30000
 *   [--first-seed 0] [--manual-prompt TEXT …] [--trainer NAME …] [--set key=value …] [--out FOLDER]`.
 *
 * Each resplit draws its own train, dev and test rows (seeds 0, 1, …; other ones confirm what was chosen on these). Its
 * arms: no prompt; the best hand-written prompt as given (the task's label words alone, nothing calibrated, no rows shown); the best hand-written prompt read as the
 * search reads its prompts; and for each trainer, at the same forwards, the best prompt that it searched for and what the
 * run exports, which may be a hand-written prompt. Every choice is made on train and dev. Each resplit is appended to
 * FOLDER/resplits.jsonl, so the command continues where it was stopped; it prints JSON and writes FOLDER/plot.svg.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { resolveRunConfig } from '../src/config/resolve-run-config.js';
import type { RunConfig, RunConfigInput } from '../src/config/run-config.js';
import { evaluatePrompts } from '../src/evaluate.js';
import type { RunResult } from '../src/events.js';
import { optimize } from '../src/optimize.js';
import { readEvents } from '../src/run/store/logs/event-log.js';
import { resultOf } from '../src/run/store/run-folder.js';
import { plotResplits } from './held-out-plot.js';
import { type Arm, type Resplit, summariseResplits } from './held-out-summary.js';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    'text-column': { type: 'string' },
    'label-column': { type: 'string' },
    'manual-prompt': { type: 'string', multiple: true, default: [] },
    resplits: { type: 'string', default: '20' },
    'first-seed': { type: 'string', default: '0' },
    forwards: { type: 'string', default: '30000' },
    trainer: { type: 'string', multiple: true, default: ['log-variance', 'best-of-n'] },
    set: { type: 'string', multiple: true, default: [] },
    out: { type: 'string' },
  },
});
if (!flags.data) throw new Error('--data FILE.csv is missing');
const folder = flags.out ?? join('bench', 'held-out', basename(flags.data).replace(/\.\w+$/, ''));
mkdirSync(folder, { recursive: true });
const log = join(folder, 'resplits.jsonl');

/** The settings of an arm; the seed decides the split and everything that is drawn. */
function configOf(seed: number, more: Partial<RunConfigInput>): RunConfig {
  const given = {
    task: flags.data,
    textColumn: flags['text-column'],
    labelColumn: flags['label-column'],
    manualPrompts: flags['manual-prompt'],
  };
  // Forwards alone end a run.
  const { config } = resolveRunConfig({
    flags: { ...given, seed, forwards: Number(flags.forwards), steps: 1_000_000, ...more },
    set: flags.set,
  });
  return config;
}

async function search(seed: number, trainer: string): Promise<RunResult> {
  const out = join(folder, 'runs', `${seed}-${trainer}`);
  const config = configOf(seed, { trainer: trainer as RunConfigInput['trainer'], out });
  // A run that was stopped is resumed, one that is finished is read.
  const isBegun = existsSync(join(out, 'run.json'));
  const known = isBegun ? resultOf(out) : undefined;
  if (known) return known;
  const run = optimize(config, isBegun ? { resume: out } : {});
  for (let next = await run.next(); ; next = await run.next()) if (next.done) return next.value;
}

/** The hand-written prompt that is best on dev where only the label words are read, on test. */
async function bestAsGiven(seed: number): Promise<Arm> {
  const config = configOf(seed, { calibrate: 'none', labelWords: 'given', demos: 0 });
  const prompts = flags['manual-prompt'];
  const { results } = await evaluatePrompts(config, { prompts, split: 'dev', splitsDataFile: true });
  const best = results.reduce((one, other) =>
    other.evaluation.metrics.accuracy! > one.evaluation.metrics.accuracy! ? other : one,
  );
  const onTest = await evaluatePrompts(config, { prompts: [best.prompt], split: 'test', splitsDataFile: true });
  return {
    prompt: best.prompt,
    test: onTest.results[0]!.evaluation.metrics.accuracy!,
    forwards: prompts.length * best.n,
  };
}

/** Rows of the train and the dev split of a run. */
function splitSizes(runDir: string): { train: number; dev: number } {
  for (const event of readEvents(runDir)) if (event.type === 'run-start') return event.examples;
  throw new Error(`${runDir} has no start`);
}

async function measure(seed: number): Promise<Resplit> {
  const runs: RunResult[] = [];
  for (const trainer of flags.trainer) runs.push(await search(seed, trainer));
  const [first] = runs;
  if (!first) throw new Error('--trainer NAME is missing');
  const { empty, manual } = first.baselines;
  const { train, dev } = splitSizes(first.runDir);
  return {
    seed,
    sizes: { test: first.best.test.n!, train: train + dev },
    arms: {
      'no prompt': { prompt: '', test: empty.test.accuracy!, forwards: dev },
      ...(manual
        ? {
            'hand-written, as given': await bestAsGiven(seed),
            'hand-written, read alike': { prompt: manual.prompt, test: manual.test.accuracy!, forwards: dev },
          }
        : {}),
      ...Object.fromEntries(runs.flatMap(armsOf)),
    },
  };
}

/** What a run searched for, and what it exports. */
function armsOf({ trainer, best, found, forwards }: RunResult): [string, Arm][] {
  const armOf = ({ prompt, test }: { prompt: string; test: Readonly<Record<string, number>> }): Arm => {
    return { prompt, test: test.accuracy!, forwards };
  };
  return [
    [`${trainer}, searched`, armOf(found ?? best)],
    [`${trainer}, exported`, armOf(best)],
  ];
}

const known = existsSync(log)
  ? readFileSync(log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Resplit)
  : [];
const firstSeed = Number(flags['first-seed']);
for (let seed = firstSeed; seed < firstSeed + Number(flags.resplits); seed++) {
  if (known.some((resplit) => resplit.seed === seed)) continue;
  const resplit = await measure(seed);
  appendFileSync(log, `${JSON.stringify(resplit)}\n`);
  known.push(resplit);
  process.stderr.write(`resplit ${seed}: ${JSON.stringify(resplit.arms)}\n`);
}
const summary = summariseResplits(known);
writeFileSync(join(folder, 'plot.svg'), plotResplits(known, summary));
process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
