import type { LabelScoresCapability, LabelWord } from '../../lm/model/types.js';
import { mean } from '../../statistics/mean.js';
import { softmax } from '../../statistics/softmax.js';
import type { Assessment, AssessmentItem, Assessor, Example, ExampleOutcome, Task } from '../../task/types.js';
import type { Template } from '../../template/template.js';
import type { ScoreCache } from '../cache/score-cache.js';
import { classificationGap } from './classification-gap.js';
import { labelOffsets } from './label-calibration.js';

export type Calibration = 'none' | 'inputs' | 'null';

export interface ClassificationSettings {
  readonly correct: number;
  readonly incorrect: number;
  readonly calibrate: Calibration;
}

/** The input that says nothing, for `calibrate: null` (contextual calibration). */
const CONTENT_FREE_INPUT = 'N/A';

/**
 * The classification reward of RLPrompt (section 3.1, piecewise): a prompt's reward is the mean over the examples of
 * the probability gap between the right label and its best rival, times `correct` where positive, `incorrect` where not.
 */
export class ClassificationAssessor implements Assessor {
  readonly metric = 'accuracy';
  private readonly labels: readonly LabelWord[];
  private readonly calibrationInputs: readonly string[];

  constructor(
    private readonly task: Task,
    scorer: LabelScoresCapability,
    private readonly cache: ScoreCache,
    private readonly template: Template,
    private readonly settings: ClassificationSettings,
  ) {
    this.labels = scorer.resolveLabels(
      template,
      task.labels.map(({ name, word }) => ({ label: name, word })),
    );
    this.calibrationInputs = calibrationInputs(task, settings.calibrate);
  }

  counters(): { forwards: number; cacheHits: number } {
    return { forwards: this.cache.forwards, cacheHits: this.cache.cacheHits };
  }

  async assess(
    items: readonly AssessmentItem[],
    options: { signal?: AbortSignal; details?: boolean } = {},
  ): Promise<Assessment[]> {
    const keys = itemKeys(items);
    const unique = [...new Map(items.map((item, i) => [keys[i]!, item]))];
    const scores = await this.score(
      unique.map(([, item]) => item),
      options.signal,
    );
    const assessments = new Map(
      unique.map(([key, item], i) => [key, this.summarise(item.examples, scores[i]!, options.details ?? false)]),
    );
    return keys.map((key) => assessments.get(key)!);
  }

  /** Label log scores of each item, [examples, labels], with the calibration offsets taken off. */
  private async score(items: readonly AssessmentItem[], signal?: AbortSignal): Promise<Calibrated[]> {
    const inputs = [
      ...new Set([...this.calibrationInputs, ...items.flatMap((item) => item.examples.map((e) => e.text))]),
    ];
    const position = new Map(inputs.map((text, i) => [text, i]));
    const rows: [number, number][] = [];
    const starts = items.map((item, prompt) => {
      const start = rows.length;
      const wanted = [...item.examples.map((e) => e.text), ...this.calibrationInputs];
      for (const text of new Set(wanted)) rows.push([prompt, position.get(text)!]);
      return start;
    });
    const values = await this.cache.labelScores({
      template: this.template,
      prompts: items.map((item) => item.text),
      inputs,
      labels: this.labels,
      rows,
      normalise: this.task.normalise,
      signal,
    });
    return items.map((item, i) =>
      this.calibrated(
        item,
        rows.slice(starts[i], starts[i + 1]),
        values.subarray(starts[i]! * this.labels.length),
        inputs,
      ),
    );
  }

  private calibrated(
    item: AssessmentItem,
    rows: readonly [number, number][],
    values: Float32Array,
    inputs: readonly string[],
  ): Calibrated {
    const width = this.labels.length;
    const byText = new Map(rows.map(([, input], i) => [inputs[input]!, values.subarray(i * width, (i + 1) * width)]));
    const offsets = labelOffsets(
      this.calibrationInputs.map((text) => byText.get(text)!),
      width,
    );
    return {
      offsets,
      scores: item.examples.map((example) => Array.from(byText.get(example.text)!, (v, k) => v - offsets[k]!)),
    };
  }

  private summarise(examples: readonly Example[], { scores, offsets }: Calibrated, details: boolean): Assessment {
    const tally = new ClassTally(this.labels.map(({ label }) => label));
    const exampleRewards = new Float64Array(examples.length);
    const outcomes: ExampleOutcome[] = [];
    examples.forEach((example, i) => {
      const probabilities = softmax(scores[i]!);
      const { reward, correct } = classificationGap(probabilities, example.label!, this.settings);
      exampleRewards[i] = reward;
      const predicted = correct ? example.label! : rivalOf(probabilities, example.label!);
      tally.add(example.label!, predicted, correct, reward);
      if (details) outcomes.push(this.outcome(example, predicted, probabilities, reward));
    });
    return {
      reward: mean(exampleRewards),
      metrics: { accuracy: tally.accuracy() },
      exampleRewards,
      perClass: tally.perClass(),
      confusion: tally.confusion,
      ...(this.settings.calibrate === 'none' ? {} : { labelOffsets: offsets }),
      ...(details ? { outcomes } : {}),
    };
  }

  private outcome(
    example: Example,
    predicted: number,
    probabilities: readonly number[],
    reward: number,
  ): ExampleOutcome {
    const names = this.labels.map(({ label }) => label);
    return {
      index: example.index,
      label: names[example.label!]!,
      predicted: names[predicted]!,
      probabilities: Object.fromEntries(names.map((name, k) => [name, probabilities[k]!])),
      reward,
    };
  }
}

interface Calibrated {
  readonly offsets: readonly number[];
  readonly scores: readonly (readonly number[])[];
}

class ClassTally {
  readonly confusion: number[][];
  private readonly rewards: number[];
  private readonly correct: number[];

  constructor(private readonly names: readonly string[]) {
    this.confusion = names.map(() => names.map(() => 0));
    this.rewards = names.map(() => 0);
    this.correct = names.map(() => 0);
  }

  add(label: number, predicted: number, isCorrect: boolean, reward: number): void {
    this.confusion[label]![predicted]! += 1;
    this.rewards[label]! += reward;
    if (isCorrect) this.correct[label]! += 1;
  }

  accuracy(): number {
    const n = this.confusion.flat().reduce((a, b) => a + b, 0);
    return n === 0 ? 0 : this.correct.reduce((a, b) => a + b, 0) / n;
  }

  /** Classes that have no example here are left out. */
  perClass(): { label: string; n: number; accuracy: number; reward: number }[] {
    return this.names.flatMap((label, k) => {
      const n = this.confusion[k]!.reduce((a, b) => a + b, 0);
      return n === 0 ? [] : [{ label, n, accuracy: this.correct[k]! / n, reward: this.rewards[k]! / n }];
    });
  }
}

function calibrationInputs(task: Task, calibrate: Calibration): readonly string[] {
  if (calibrate === 'none') return [];
  if (calibrate === 'null') return [CONTENT_FREE_INPUT];
  // A task without train examples (a data file that is only scored) lends its test inputs; labels play no part.
  const inputs = task.splits.train.length > 0 ? task.splits.train : task.splits.test;
  return [...new Set(inputs.map((example) => example.text))];
}

/** Items with the same text and the same list of examples get the same key. */
function itemKeys(items: readonly AssessmentItem[]): string[] {
  const lists = new Map<readonly Example[], number>();
  return items.map(({ examples, text }) => {
    if (!lists.has(examples)) lists.set(examples, lists.size);
    return `${lists.get(examples)}\t${text}`;
  });
}

/** The likeliest label other than `label`: what was predicted when the answer was not right, ties included. */
function rivalOf(probabilities: readonly number[], label: number): number {
  const first = label === 0 ? 1 : 0;
  return probabilities.reduce((best, value, i) => (i !== label && value > probabilities[best]! ? i : best), first);
}
