import { settleConfig } from '../src/config/defaults-for.js';
import { completeRunConfig } from '../src/config/resolve-run-config.js';
import type { RunConfig } from '../src/config/run-config.js';
import { loadLanguageModel, requireCapability } from '../src/lm/load.js';
import type { LanguageModel } from '../src/lm/model/types.js';
import { type BodyShape, runtimeMeter } from '../src/lm/onnx/runtime/runtime-meter.js';
import { ScoreCache } from '../src/rewards/cache/score-cache.js';
import { ClassificationEvaluator } from '../src/rewards/classification/classification-evaluator.js';
import { toStepRewards } from '../src/rewards/shaping/reward-shaper.js';
import { templateFor } from '../src/run/prepare/configured-task.js';
import { tunedTo } from '../src/run/prepare/tuned-config.js';
import { loadTask } from '../src/task/load/load-task.js';
import type { Task } from '../src/task/types.js';
import { createTrainer } from '../src/trainers/registry.js';
import { processorSeconds } from './machine.js';

export interface StepperOptions {
  readonly model: string;
  readonly data: string | undefined;
  readonly verbalizer: string;
  readonly preset: RunConfig['preset'];
  readonly cache: boolean;
  readonly threads: number | undefined;
}

export interface StepTimes {
  readonly seconds: number;
  readonly sample: number;
  readonly reward: number;
  readonly update: number;
  /** Processor seconds of the reward. */
  readonly rewardProcessor: number;
  /** Inside the runtime's calls. */
  readonly runtime: number;
  /** Rows that the target LM ran, and rows that the cache knew. */
  readonly rows: number;
  readonly cacheHits: number;
  readonly prompts: readonly string[];
  /** The target LM's calls. */
  readonly bodies: readonly BodyShape[];
}

export interface Stepper {
  readonly model: LanguageModel;
  step(): Promise<StepTimes>;
}

async function loadBenchTask({ data, verbalizer }: StepperOptions): Promise<Task> {
  if (data === undefined) return loadTask('spam', { seed: 0, shots: 16 });
  const pairs = verbalizer.split(',').map((pair) => pair.split('=') as [string, string]);
  const task = await loadTask(data, { seed: 0, shots: 1, testOnly: true, verbalizer: Object.fromEntries(pairs) });
  return { ...task, splits: { ...task.splits, train: task.splits.test } };
}

/** A training run's parts, put together so that each part of a step can be timed by itself. */
export async function createStepper(options: StepperOptions): Promise<Stepper> {
  const task = await loadBenchTask(options);
  const given = completeRunConfig({
    task: task.name,
    generator: options.model,
    preset: options.preset,
    ...(options.threads !== undefined && { threads: options.threads }),
  });
  const config = settleConfig(given, task);
  const model = await loadLanguageModel(options.model, { threads: config.threads });
  const scorer = requireCapability(model, 'labelScores');
  const cache = new ScoreCache(scorer, { enabled: options.cache });
  const evaluator = new ClassificationEvaluator(task, scorer, cache, await templateFor(task, model, config), config);
  const generator = {
    name: model.name,
    hiddenStates: requireCapability(model, 'hiddenStates'),
    tokenizer: model.tokenizer!,
  };
  const trainer = await createTrainer(config.trainer, generator, tunedTo(generator, config));
  const step = async (): Promise<StepTimes> => {
    const [began, inside, forwards, hits] = [performance.now(), runtimeMeter.ms, cache.forwards, cache.cacheHits];
    const rollouts = await trainer.propose(config.promptsPerStep);
    const sampled = performance.now();
    const bodies: BodyShape[] = [];
    runtimeMeter.bodies = bodies;
    const processor = processorSeconds();
    const items = rollouts.map(({ text }) => ({ text, examples: task.splits.train }));
    const evaluations = await evaluator.evaluate(items, { ofStep: true });
    runtimeMeter.bodies = undefined;
    const rewardProcessor = processorSeconds() - processor;
    const scored = performance.now();
    const rewards = evaluations.map(({ reward }) => reward);
    await trainer.update(rollouts, toStepRewards(rewards, config));
    const ended = performance.now();
    return {
      seconds: (ended - began) / 1000,
      sample: (sampled - began) / 1000,
      reward: (scored - sampled) / 1000,
      update: (ended - scored) / 1000,
      rewardProcessor,
      runtime: (runtimeMeter.ms - inside) / 1000,
      rows: cache.forwards - forwards,
      cacheHits: cache.cacheHits - hits,
      prompts: rollouts.map(({ text }) => text),
      bodies,
    };
  };
  return { model, step };
}
