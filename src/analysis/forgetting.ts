import { resolve } from 'node:path';
import { flagName } from '../config/config-layers.js';
import type { RunConfig } from '../config/run-config.js';
import { RlpromptError } from '../errors.js';
import { evaluatePrompts, type ReadPrompt } from '../evaluate.js';
import { type RunRecord, readRunRecord } from '../export/run-record.js';
import { loadLanguageModel } from '../lm/load.js';
import { initialParameters } from '../policy/parameters/mlp-parameters.js';
import { checkSameGenerator, type EarlierRun, otherSetting, readEarlierRun } from '../run/continue/earlier-run.js';
import { drawPrompts } from '../run/prepare/draw-prompts.js';
import { generatorOf } from '../run/prepare/run-models.js';
import { shellWord } from '../shell-word.js';
import { mean } from '../statistics/mean.js';
import { zip } from '../statistics/zip.js';
import type { Split } from '../task/types.js';

export interface ForgettingRequest {
  /** Run folders, in the order in which each continued the one before. */
  readonly runs: readonly string[];
  /** Prompts that each policy draws for each task. */
  readonly prompts: number;
  readonly split: Split;
  readonly signal?: AbortSignal;
  /** Called before each task, for whoever waits. */
  readonly onTask?: (task: string, index: number) => void;
}

/** How well policies of several tasks in turn do on each of them. */
export interface ForgettingTable {
  readonly schemaVersion: 1;
  readonly split: Split;
  readonly prompts: number;
  /** Numbers of examples stand with each task. */
  readonly tasks: readonly {
    readonly run: string;
    readonly task: string;
    readonly measure: string;
    readonly n: number;
  }[];
  /** [policy][task], the untrained policy first, then that of each run: the mean over its prompts. */
  readonly scores: readonly (readonly number[])[];
  /** max over the policies l < T of R_l,i − R_T,i, by task but the last. */
  readonly forgetting: readonly number[];
  /** R_T,i − R_i,i, by task but the last. */
  readonly backwardTransfer: readonly number[];
  /** R_i−1,i − R_0,i, by task but the first, R_0 the untrained policy. */
  readonly forwardTransfer: readonly number[];
}

/**
 * Draws prompts from the policy of each run as it reads each task, and scores them on that task as its run does. All is
 * read and checked before a prompt is scored.
 *
 * @throws RlpromptError `E_CONTINUE_MISMATCH` and the like where a policy cannot be read by another run's settings
 */
export async function measureForgetting(request: ForgettingRequest): Promise<ForgettingTable> {
  const { runs, prompts: count, split, signal, onTask } = request;
  const records = runs.map(readRunRecord);
  const earlier = runs.map(readEarlierRun);
  const [first] = earlier;
  if (!first || new Set(runs.map((run) => resolve(run))).size < Math.max(2, runs.length)) throw tooFew();
  for (const run of earlier) refuseOtherPolicy(first, run);
  for (const run of records) if (run.prompts[0].policy) throw readsInputs(run);
  const model = await loadLanguageModel(first.config.generator, { offline: first.config.offline });
  const drawn: string[][][] = [];
  try {
    for (const run of earlier) checkSameGenerator(run, model);
    const generator = generatorOf(model);
    const { hiddenSize } = generator.hiddenStates;
    const untrained = await initialParameters({ hiddenSize, innerSize: first.config.innerSize }, first.config.seed);
    const policies = [untrained, ...earlier.map(({ parameters }) => parameters)];
    for (const run of earlier) drawn.push(await drawPrompts(generator, run, policies, count));
  } finally {
    await model.dispose();
  }
  const tasks: ForgettingTable['tasks'][number][] = [];
  const columns: number[][] = [];
  for (const [i, [record, { config }]] of [...zip(records, earlier)].entries()) {
    onTask?.(record.start.task, i);
    const column = await scoreOnTask(record, config, drawn[i] ?? [], split, signal);
    tasks.push(column.task);
    columns.push(column.scores);
  }
  const scores = [...columns[0]!.keys()].map((row) => columns.map((column) => column[row]!));
  return { schemaVersion: 1, split, prompts: count, tasks, scores, ...summarise(scores) };
}

/** The mean over each policy's prompts, read as the run's best prompt is. */
async function scoreOnTask(
  { runDir, start, prompts: [best] }: RunRecord,
  config: RunConfig,
  drawn: readonly (readonly string[])[],
  split: Split,
  signal: AbortSignal | undefined,
) {
  const reading = best.reading ? { reading: best.reading } : {};
  const prompts = drawn.flat().map((prompt): ReadPrompt => ({ prompt, ...reading }));
  const options = { prompts, split, splitsDataFile: true, ...(signal ? { signal } : {}) };
  const { results } = await evaluatePrompts(config, options);
  const measured = results.map(({ evaluation: { metrics, reward } }) => metrics[start.metric] ?? reward);
  const { length } = drawn[0] ?? [];
  const scores = drawn.map((_, row) => mean(measured.slice(row * length, (row + 1) * length)));
  return { task: { run: runDir, task: start.task, measure: start.metric, n: results[0]?.n ?? 0 }, scores };
}

/** @param scores [policy][task], the untrained policy first */
export function summarise(
  scores: readonly (readonly number[])[],
): Pick<ForgettingTable, 'forgetting' | 'backwardTransfer' | 'forwardTransfer'> {
  const last = scores.at(-1) ?? [];
  const after = (policy: number, task: number): number => scores[policy]?.[task] ?? 0;
  const old = last.slice(0, -1);
  const lost = (now: number, task: number): number =>
    Math.max(...scores.slice(1, -1).map((row) => row[task] ?? 0)) - now;
  return {
    forgetting: old.map(lost),
    backwardTransfer: old.map((now, task) => now - after(task + 1, task)),
    forwardTransfer: last.slice(1).map((_, i) => after(i + 1, i + 1) - after(0, i + 1)),
  };
}

function refuseOtherPolicy(first: EarlierRun, run: EarlierRun): void {
  const key = run.generatorDigest === first.generatorDigest ? otherSetting(first, run.config) : 'generator';
  if (key === undefined) return;
  throw new RlpromptError({
    code: 'E_CONTINUE_MISMATCH',
    exit: 'config',
    message: `its --${flagName(key)} is ${run.config[key]}, that of ${first.runDir} ${first.config[key]}: neither continues the other`,
    where: run.runDir,
    kept: 'the runs are unchanged',
    next: 'name runs each of which continued the one before: rlprompt run TASK --continue RUN',
  });
}

function tooFew(): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: 'forgetting shows between two different runs or more',
    next: 'name the runs in the order in which each continued the one before',
  });
}

function readsInputs({ runDir }: RunRecord): RlpromptError {
  return new RlpromptError({
    code: 'E_POLICY_RUN',
    exit: 'usage',
    message:
      'the policy of the run writes a prompt for each input; the table is for policies that write prompts for a task',
    where: runDir,
    next: `rlprompt eval --policy ${shellWord(runDir)}`,
  });
}
