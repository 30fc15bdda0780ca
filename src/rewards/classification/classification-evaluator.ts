import type { Calibration, Reading } from '../../classifier/classifier.js';
import { givenWords } from '../../classifier/given-words.js';
import { inLabelOrder } from '../../classifier/in-label-order.js';
import { labelOffsets } from '../../classifier/label-offsets.js';
import { REPORT_IT, RlpromptError } from '../../errors.js';
import type { LabelScoresCapability } from '../../lm/model/types.js';
import { mean } from '../../statistics/mean.js';
import { relativeMargin } from '../../statistics/relative-margin.js';
import { softmax } from '../../statistics/softmax.js';
import type {
  Evaluation,
  EvaluationItem,
  EvaluationOptions,
  Evaluator,
  Example,
  ExampleOutcome,
  Task,
} from '../../task/types.js';
import type { Template } from '../../template/template.js';
import type { ScoreCache } from '../cache/score-cache.js';
import { classificationGap } from './classification-gap.js';
import { type ResolvedReading, resolveReading } from './resolved-reading.js';

export interface ClassificationSettings {
  readonly correct: number;
  readonly incorrect: number;
  readonly calibrate: Calibration;
}

/** The input that says nothing, for `calibrate: content-free` (contextual calibration). */
const CONTENT_FREE_INPUT = 'N/A';

/**
 * The classification reward of RLPrompt (section 3.1, piecewise): a prompt's reward is the mean over the examples of
 * the probability gap between the right label and its best rival, times `correct` where positive, `incorrect` where not.
 */
export class ClassificationEvaluator implements Evaluator {
  readonly metric = 'accuracy';
  private readonly labels: readonly string[];
  private readonly given: Reading;
  private readonly resolved = new Map<string, ResolvedReading>();
  private reading: Reading;

  constructor(
    private readonly task: Task,
    private readonly scorer: LabelScoresCapability,
    private readonly cache: ScoreCache,
    private readonly template: Template,
    private readonly settings: ClassificationSettings,
  ) {
    this.labels = task.labels.map(({ name }) => name);
    this.given = { words: givenWords(task.labels), demonstrations: [] };
    this.reading = this.given;
    this.resolve(this.given);
  }

  /** From now on answers are read like this, where nothing else is said. */
  readBy(reading: Reading): void {
    this.resolve(reading);
    this.reading = reading;
  }

  counters(): { forwards: number; cacheHits: number } {
    return { forwards: this.cache.forwards, cacheHits: this.cache.cacheHits };
  }

  async evaluate(given: readonly EvaluationItem[], options: EvaluationOptions = {}): Promise<Evaluation[]> {
    const items = given.map((item) => inLabelOrder(item, this.labels));
    const keys = itemKeys(items);
    const unique = [...new Map(items.map((item, i) => [keys[i]!, item]))];
    const scores = await this.score(
      unique.map(([, item]) => item),
      options,
    );
    const evaluations = new Map(
      unique.map(([key, item], i) => [key, this.summarise(item, scores[i]!, options.details ?? false)]),
    );
    return keys.map((key) => evaluations.get(key)!);
  }

  private resolve(reading: Reading): ResolvedReading {
    const key = JSON.stringify(reading);
    const resolved = this.resolved.get(key) ?? resolveReading(this.scorer, this.template, reading);
    this.resolved.set(key, resolved);
    return resolved;
  }

  /** Label log scores of each item, [examples, labels], with the calibration offsets subtracted. */
  private async score(items: readonly EvaluationItem[], options: EvaluationOptions): Promise<Calibrated[]> {
    const jobs = items.map((item) => this.jobsOf(item));
    const byReading = new Map<ResolvedReading, ScoringJob[]>();
    for (const job of jobs.flat()) byReading.set(job.reading, [...(byReading.get(job.reading) ?? []), job]);
    const scored = new Map<ScoringJob, Calibrated>();
    for (const [reading, own] of byReading) {
      const results = await this.scoreJobs(reading, own, options);
      own.forEach((job, i) => {
        scored.set(job, results[i]!);
      });
    }
    return items.map((item, i) => {
      const parts = jobs[i]!.map((job) => ({ job, result: scored.get(job)! }));
      const byText = new Map(parts.flatMap(({ job, result }) => job.texts.map((text, k) => [text, result.scores[k]!])));
      return { offsets: parts[0]!.result.offsets, scores: item.examples.map(({ text }) => byText.get(text)!) };
    });
  }

  /** The texts of an item after its demonstrations, and after others those that are among them. */
  private jobsOf({ text: prompt, examples, reading = this.reading, offsets }: EvaluationItem): ScoringJob[] {
    const resolved = this.resolve(reading);
    const texts = [...new Set(examples.map(({ text }) => text))];
    const free = texts.filter((text) => !resolved.shown.has(text));
    const shown = texts.filter((text) => resolved.shown.has(text));
    const { standIn } = resolved;
    const { train, dev, test } = this.task.splits;
    // An export has the offsets of the dev rows: test rows are read by those, as new rows will be, and not by their own.
    const batch = examples === test && dev.length > 0 ? [...new Set(dev.map(({ text }) => text))] : undefined;
    const common = { prompt, offsets, batch };
    if (shown.length === 0) return [{ ...common, reading: resolved, texts }];
    if (standIn === undefined) throw shownRows(shown.length);
    // Offsets that are given were measured behind the demonstrations. Behind others a row has others, as in the run.
    const hasOwn = train.length > 0 && this.settings.calibrate !== 'none';
    const behindOthers = { ...common, reading: standIn, texts: shown, offsets: hasOwn ? undefined : offsets };
    return free.length === 0 ? [behindOthers] : [{ ...common, reading: resolved, texts: free }, behindOthers];
  }

  private async scoreJobs(
    { template, words, sets, shown }: ResolvedReading,
    jobs: readonly ScoringJob[],
    { signal, ofStep }: EvaluationOptions,
  ): Promise<Calibrated[]> {
    const calibration = jobs.map(({ texts, offsets, batch = texts }) =>
      offsets ? [] : this.calibrationInputs(batch).filter((text) => !shown.has(text)),
    );
    const inputs = [...new Set([...calibration.flat(), ...jobs.flatMap(({ texts }) => texts)])];
    const position = new Map(inputs.map((text, i) => [text, i]));
    const rows: [number, number][] = [];
    const starts = jobs.map(({ texts }, prompt) => {
      const start = rows.length;
      for (const text of new Set([...texts, ...calibration[prompt]!])) rows.push([prompt, position.get(text)!]);
      return start;
    });
    const prompts = jobs.map(({ prompt }) => prompt);
    const { normalise } = this.task;
    const values = await this.cache.labelScores({
      template,
      prompts,
      inputs,
      labels: words,
      sets,
      rows,
      normalise,
      signal,
      keepsStates: !ofStep,
    });
    const width = this.labels.length;
    return jobs.map(({ texts, offsets }, i) => {
      const own = rows.slice(starts[i], starts[i + 1]);
      const at = (k: number): number => (starts[i]! + k) * width;
      const byText = new Map(own.map(([, input], k) => [inputs[input]!, values.subarray(at(k), at(k + 1))]));
      const scoresOf = (text: string): Float32Array => byText.get(text)!;
      const subtracted = offsets ?? labelOffsets(calibration[i]!.map(scoresOf), width);
      return {
        offsets: subtracted,
        scores: texts.map((text) => Array.from(scoresOf(text), (value, k) => value - subtracted[k]!)),
      };
    });
  }

  private calibrationInputs(batch: readonly string[]): readonly string[] {
    const { calibrate } = this.settings;
    if (calibrate === 'none') return [];
    if (calibrate === 'content-free') return [CONTENT_FREE_INPUT];
    if (calibrate === 'batch') return batch;
    // A task without train examples (a data file that is only scored) lends its test inputs; labels play no part.
    const { train, test } = this.task.splits;
    return [...new Set((train.length > 0 ? train : test).map(({ text }) => text))];
  }

  private summarise(item: EvaluationItem, { scores, offsets }: Calibrated, details: boolean): Evaluation {
    const { examples, reading = this.reading } = item;
    const tally = new ClassTally(this.labels);
    const exampleRewards = new Float64Array(examples.length);
    const margins = new Float64Array(examples.length);
    const outcomes: ExampleOutcome[] = [];
    examples.forEach((example, i) => {
      const own = scores[i]!;
      const probabilities = softmax(own);
      const { reward, correct } = classificationGap(probabilities, example.label!, this.settings);
      exampleRewards[i] = reward;
      const predicted = correct ? example.label! : rivalOf(probabilities, example.label!);
      margins[i] = own[example.label!]! - own[rivalOf(own, example.label!)]!;
      tally.add(example.label!, predicted, correct, reward);
      if (details) outcomes.push(this.outcome(example, predicted, probabilities, reward));
    });
    return {
      reward: mean(exampleRewards),
      metrics: { accuracy: tally.accuracy() },
      exampleRewards,
      margin: relativeMargin(margins),
      perClass: tally.perClass(),
      confusion: tally.confusion,
      ...(this.settings.calibrate === 'none' && !item.offsets ? {} : { labelOffsets: offsets }),
      ...(reading === this.given && !item.reading ? {} : { reading }),
      ...(details ? { outcomes } : {}),
    };
  }

  private outcome(
    example: Example,
    predicted: number,
    probabilities: readonly number[],
    reward: number,
  ): ExampleOutcome {
    const names = this.labels;
    return {
      index: example.index,
      label: names[example.label!]!,
      predicted: names[predicted]!,
      probabilities: Object.fromEntries(names.map((name, k) => [name, probabilities[k]!])),
      reward,
    };
  }
}

/** One prompt on some texts, all read alike. */
interface ScoringJob {
  readonly prompt: string;
  readonly reading: ResolvedReading;
  readonly texts: readonly string[];
  readonly offsets: readonly number[] | undefined;
  /** Texts that `calibrate: batch` takes the mean over, where they are not those of the job. */
  readonly batch: readonly string[] | undefined;
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

/** Items with the same text, the same reading and the same list of examples get the same key. */
function itemKeys(items: readonly EvaluationItem[]): string[] {
  const lists = new Map<readonly Example[], number>();
  return items.map(({ examples, text, reading, offsets }) => {
    if (!lists.has(examples)) lists.set(examples, lists.size);
    const other = reading || offsets ? JSON.stringify([reading, offsets]) : '';
    return `${lists.get(examples)}\t${other}\t${text}`;
  });
}

function shownRows(count: number): RlpromptError {
  return new RlpromptError({
    code: 'E_DEMOS_SCORED',
    exit: 'internal',
    message: `${count} rows are among the demonstrations that they would be scored after`,
    next: REPORT_IT,
  });
}

/** The best label other than `label`: what was predicted when the answer was not right, ties included. */
function rivalOf(scores: readonly number[], label: number): number {
  const first = label === 0 ? 1 : 0;
  return scores.reduce((best, value, i) => (i !== label && value > scores[best]! ? i : best), first);
}
