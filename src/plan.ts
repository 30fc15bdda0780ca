import { type SettledConfig, settleDemos } from './config/defaults-for.js';
import type { RunConfigInput } from './config/run-config.js';
import { isEndpointName } from './lm/endpoint/endpoint-name.js';
import type { DownloadProgress } from './lm/hub/hub.js';
import { loadLanguageModel } from './lm/load.js';
import { checkBudget } from './run/plan/check-budget.js';
import type { Range } from './run/plan/range.js';
import { planRun, type RunPlan } from './run/plan/run-plan.js';
import { checkRun } from './run/prepare/check-run.js';
import { templateFor } from './run/prepare/configured-task.js';
import { modelOptions } from './run/prepare/model-options.js';
import type { Task } from './task/types.js';

/** What a run will take, for a person or a program to look at before it begins. */
export interface PlannedRun extends RunPlan {
  readonly task: string;
  readonly target: string;
  readonly steps: number;
  readonly promptsPerStep: number;
  readonly examples: { readonly train: number; readonly dev: number; readonly test: number };
  /** Rows per second of a target LM on this machine, as measured now. */
  readonly rowsPerSecond?: number;
  /** Undefined where nothing is known of the target LM's speed. */
  readonly seconds?: Range;
  /** What is not counted, and what ends the run earlier. */
  readonly notes: readonly string[];
}

const MEASURED_ROWS = 32;
/** What an untrained policy writes is as long; its words do not matter to the time. */
const PROMPT = 'This is what it says';
/** What the generator LM and the policy take beside the target LM, at most, as a share of its time. */
const MOST_OVERHEAD = 1;

/**
 * Counts what a run with these settings will take. Nothing is sent to a service and no folder is made; a target LM of
 * this machine scores a few rows, to know its speed.
 *
 * @throws RlpromptError what the run itself would be refused with before it begins, `E_BUDGET` among it
 */
export async function planOptimization(
  input: RunConfigInput,
  { onProgress }: { readonly onProgress?: ((progress: DownloadProgress) => void) | undefined } = {},
): Promise<PlannedRun> {
  const { task, config } = await checkRun(input);
  checkBudget(task, config);
  const isHere = !isEndpointName(config.target) && config.queue === undefined && task.kind === 'classification';
  const measured = isHere ? await measure(task, config, onProgress) : undefined;
  const plan = planRun(task, measured?.config ?? config);
  const rowsPerSecond = measured?.rowsPerSecond;
  const seconds = plan.service?.seconds ?? (rowsPerSecond === undefined ? undefined : timeOf(plan, rowsPerSecond));
  const { train, dev, test } = task.splits;
  return {
    task: task.name,
    target: config.target,
    steps: config.steps,
    promptsPerStep: config.promptsPerStep,
    examples: { train: train.length, dev: dev.length, test: test.length },
    ...plan,
    ...(rowsPerSecond === undefined ? {} : { rowsPerSecond }),
    ...(seconds ? { seconds } : {}),
    notes: notesOn(config, task),
  };
}

function timeOf({ forwards }: RunPlan, rowsPerSecond: number): Range {
  return { low: forwards.low / rowsPerSecond, high: ((1 + MOST_OVERHEAD) * forwards.high) / rowsPerSecond };
}

/** The speed of the target LM, and the settings as a run with it has them: how many demonstrations its context takes. */
async function measure(
  task: Task,
  config: SettledConfig,
  onProgress: ((progress: DownloadProgress) => void) | undefined,
): Promise<{ readonly config: SettledConfig; readonly rowsPerSecond?: number }> {
  const model = await loadLanguageModel(config.target, { ...modelOptions(config), onProgress });
  try {
    const settled = settleDemos(config, task, model);
    const { labelScores } = model.capabilities;
    if (!labelScores) return { config: settled };
    const template = await templateFor(task, model, config);
    const inputs = task.splits.train.slice(0, MEASURED_ROWS).map(({ text }) => text);
    const labels = labelScores.resolveLabels(
      template,
      task.labels.map(({ name: label, word }) => ({ label, word })),
    );
    const rows = inputs.map((_, input) => [0, input] as const);
    const score = async (prompt: string): Promise<number> => {
      const since = performance.now();
      await labelScores.labelScores({ template, prompts: [prompt], inputs, labels, rows, normalise: task.normalise });
      return (1000 * rows.length) / (performance.now() - since);
    };
    // The first rows also pay for what is made ready once.
    await score('');
    return { config: settled, rowsPerSecond: await score(PROMPT) };
  } finally {
    await model.dispose();
  }
}

function notesOn(config: SettledConfig, { kind }: Task): string[] {
  const { target, styleModel, fluencyModel, judge, queue, forwards } = config;
  const others = [styleModel, fluencyModel, judge, ...(kind === 'classification' ? [] : [target])];
  const services = [...new Set(others.filter((name) => name !== undefined && isEndpointName(name)))];
  return [
    ...(forwards === undefined
      ? []
      : [
          `--forwards ${forwards} may end the search before its last step; the step under way, its evaluation and the end come on top`,
        ]),
    ...services.map((name) => `what ${name} is asked for is not counted: it depends on the texts`),
    ...(isEndpointName(target) && kind === 'classification'
      ? ['a model that thinks before it answers writes up to 4,096 tokens more per request']
      : []),
    ...(queue === undefined ? [] : ['the time depends on the workers; see docs/explanation/scaling.md']),
  ];
}
