import { createHash } from 'node:crypto';
import { RlpromptError } from '../../errors.js';
import type {
  AnswerWords,
  AnswerWordsRequest,
  LabelScoreRequest,
  LabelScoresCapability,
} from '../../lm/model/types.js';
import { gatherRows } from '../../statistics/gather-rows.js';
import { groupBy } from '../../statistics/groups.js';
import { blockKey, inputKey, pairKey, parseRecordKey, rowKey } from './record-key.js';
import type { ScoreContext, ScoreStore } from './score-store.js';

/** Scores of one prompt on a list of inputs: [inputs, labels]. */
interface Block {
  readonly inputIds: readonly number[];
  readonly values: Float32Array;
}

/** Where paid-for scores are written so that they outlive the process. */
export interface ScoreSink {
  append(records: readonly { key: string; values: Float32Array | Float64Array }[]): void;
  /** Says that a score paid for before was taken in place of a new call. */
  markUsed(key: string): void;
}

type Scorer = Pick<LabelScoresCapability, 'labelScores' | 'answerWords'>;

/** The words of one label among the words of a request, and how much each counts. */
export interface LabelColumns {
  readonly columns: readonly number[];
  /** [columns], above 0. */
  readonly weights: readonly number[];
}

/** As a target LM takes it; with `sets`, a label's score is the weighted mean over its words. */
export interface ScoreRequest extends LabelScoreRequest {
  readonly sets?: readonly LabelColumns[] | undefined;
}

/**
 * Answers a (prompt text, input text) pair that was scored before without asking the target LM again.
 *
 * Counting is that of an unbroken run: after a resume, scores that were already paid for beyond the checkpoint
 * are taken from `prepaid` (no model is run) but count as forwards, as they did the first time, so that budgets
 * and results do not depend on where a run was interrupted. Scores of other runs, from `store`, count in the same way.
 */
export class ScoreCache {
  forwards = 0;
  cacheHits = 0;
  /** Forwards that are done: `forwards` are those asked for. */
  done = 0;
  /** Forwards that were counted but taken from earlier runs. */
  savedForwards = 0;
  private readonly blocks = new Map<string, Block[]>();
  private readonly prepaid = new Map<string, Float32Array>();
  private readonly inputIds = new Map<string, number>();
  private readonly positions = new WeakMap<readonly number[], Map<number, number>>();

  constructor(
    private readonly scorer: Scorer,
    private readonly options: { enabled: boolean; sink?: ScoreSink; store?: ScoreStore | undefined },
  ) {}

  /** Takes in records of an earlier part of the run, in the order in which they were written. */
  load(records: Iterable<{ key: string; values: Float32Array | Float64Array }>, as: 'cached' | 'prepaid'): void {
    for (const { key, values: stored } of records) {
      const values = stored instanceof Float32Array ? stored : Float32Array.from(stored);
      const record = parseRecordKey(key);
      if (record.kind === 'input') this.inputIds.set(record.text, record.id);
      else if (as === 'prepaid') this.prepaid.set(key, values);
      else if (record.kind === 'block') {
        this.remember(pairKey(record.context, record.prompt), { inputIds: record.inputIds, values });
      }
    }
  }

  /** As `LabelScoresCapability.labelScores`: [rows, labels]. */
  async labelScores(request: ScoreRequest): Promise<Float32Array> {
    const labelCount = widthOf(request);
    const context = contextKey(request);
    const ids = this.intern(request.inputs);
    const result = new Float32Array(request.rows.length * labelCount);
    const missing: RequestedRow[] = [];
    for (const asked of requestedRows(request, ids)) {
      const known = this.find(pairKey(context, asked.prompt), asked.inputId, labelCount);
      if (known) result.set(known, asked.row * labelCount);
      else missing.push(asked);
    }
    this.cacheHits += request.rows.length - missing.length;
    this.forwards += missing.length;
    const done = this.done + missing.length;
    if (missing.length > 0) await this.fill(request, context, missing, result);
    this.done = done;
    return result;
  }

  /** Likely answers, each row a forward; they are not kept. */
  async answerWords(request: AnswerWordsRequest): Promise<AnswerWords> {
    const done = this.done + request.rows.length;
    const answers = await this.scorer.answerWords?.({ ...request, onDone: this.countDone });
    if (!answers) throw noAnswerWords();
    this.done = done;
    this.forwards += request.rows.length;
    return answers;
  }

  private readonly countDone = (): void => {
    this.done += 1;
  };

  private async fill(
    request: ScoreRequest,
    context: string,
    missing: readonly RequestedRow[],
    result: Float32Array,
  ): Promise<void> {
    const labelCount = widthOf(request);
    const groups = groupByPrompt(missing, context);
    if (!groups.every(({ key }) => this.prepaid.has(key))) {
      await this.score(request, missing, result);
      this.write(groups, result, labelCount);
    }
    for (const { key, prompt, rows, inputIds } of groups) {
      const paid = this.prepaid.get(key);
      const values = paid ?? gatherRows(result, rows, labelCount);
      if (paid) {
        scatter(paid, rows, result, labelCount);
        this.options.sink?.markUsed(key);
      }
      if (this.options.enabled) this.remember(pairKey(context, prompt), { inputIds, values });
    }
  }

  /** Fills rows of `result` with what earlier runs know, and asks the target LM for the others. */
  private async score(request: ScoreRequest, rows: readonly RequestedRow[], result: Float32Array): Promise<void> {
    const width = widthOf(request);
    const store = this.options.store?.context(contextParts(request), width);
    const unknown = store ? rows.filter((asked) => !takeStored(store, asked, result, width)) : rows;
    this.savedForwards += rows.length - unknown.length;
    if (unknown.length === 0) return;
    const { sets } = request;
    const words = await this.ask(request, unknown);
    const scores = sets ? setScores(words, request.labels.length, sets) : words;
    const places = unknown.map(({ row }) => row);
    scatter(scores, places, result, width);
    store?.put(
      unknown.map(({ row, prompt, input }) => {
        return { prompt, input, values: result.slice(row * width, (row + 1) * width) };
      }),
    );
  }

  /** [rows, label words]. Rows that are paid for one by one are written down one by one, and not asked for again. */
  private async ask(request: ScoreRequest, rows: readonly RequestedRow[]): Promise<Float32Array> {
    const { sets: _, ...asked } = request;
    const { sink } = this.options;
    const width = request.labels.length;
    const context = contextKey(request);
    const words = new Float32Array(rows.length * width);
    const open = rows.flatMap(({ inputId, prompt, indices }, place) => {
      const key = rowKey(context, inputId, prompt);
      const paid = this.prepaid.get(key);
      if (!paid) return [{ key, indices, place }];
      words.set(paid, place * width);
      sink?.markUsed(key);
      return [];
    });
    if (open.length === 0) return words;
    const onRow = (k: number, values: Float32Array): void => {
      sink?.append([...this.unwrittenInputs(), { key: open[k]!.key, values: values.slice() }]);
    };
    const scores = await this.scorer.labelScores({
      ...asked,
      rows: open.map(({ indices }) => indices),
      onDone: this.countDone,
      ...(sink ? { onRow } : {}),
    });
    const places = open.map(({ place }) => place);
    scatter(scores, places, words, width);
    return words;
  }

  private write(groups: readonly PromptGroup[], result: Float32Array, labelCount: number): void {
    if (!this.options.sink) return;
    const records = groups.map(({ key, rows }) => ({ key, values: gatherRows(result, rows, labelCount) }));
    this.options.sink.append([...this.unwrittenInputs(), ...records]);
  }

  private readonly writtenInputs = new Set<number>();

  private unwrittenInputs(): { key: string; values: Float32Array }[] {
    const fresh = [...this.inputIds].filter(([, id]) => !this.writtenInputs.has(id));
    for (const [, id] of fresh) this.writtenInputs.add(id);
    return fresh.map(([text, id]) => ({ key: inputKey(id, text), values: new Float32Array(0) }));
  }

  private intern(inputs: readonly string[]): number[] {
    return inputs.map((text) => {
      const id = this.inputIds.get(text) ?? this.inputIds.size;
      this.inputIds.set(text, id);
      return id;
    });
  }

  private remember(key: string, block: Block): void {
    const blocks = this.blocks.get(key);
    if (blocks) blocks.push(block);
    else this.blocks.set(key, [block]);
  }

  private find(key: string, inputId: number, labelCount: number): Float32Array | undefined {
    for (const block of this.blocks.get(key) ?? []) {
      const position = this.positionsOf(block.inputIds).get(inputId);
      if (position !== undefined) return block.values.subarray(position * labelCount, (position + 1) * labelCount);
    }
    return undefined;
  }

  private positionsOf(inputIds: readonly number[]): Map<number, number> {
    let positions = this.positions.get(inputIds);
    if (!positions) {
      positions = new Map(inputIds.map((id, i) => [id, i]));
      this.positions.set(inputIds, positions);
    }
    return positions;
  }
}

function noAnswerWords(): RlpromptError {
  return new RlpromptError({
    code: 'E_FOUND_WORDS',
    exit: 'config',
    message: 'the target LM does not tell its likely answers, so no label words can be found',
    where: '--label-words',
    next: '--label-words given',
  });
}

function scatter(values: Float32Array, rows: readonly number[], into: Float32Array, width: number): void {
  rows.forEach((row, i) => {
    into.set(values.subarray(i * width, (i + 1) * width), row * width);
  });
}

/** A row of a request with its texts. */
interface RequestedRow {
  readonly row: number;
  /** As the request names it: indices of its prompt and its input. */
  readonly indices: readonly [prompt: number, input: number];
  readonly prompt: string;
  readonly input: string;
  readonly inputId: number;
}

/** @param ids of the inputs */
function requestedRows({ rows, prompts, inputs }: LabelScoreRequest, ids: readonly number[]): RequestedRow[] {
  return rows.map((indices, row) => {
    const [prompt, input, inputId] = [prompts[indices[0]], inputs[indices[1]], ids[indices[1]]];
    if (prompt === undefined || input === undefined || inputId === undefined) {
      throw new RangeError(`row ${row} names prompt ${indices[0]} and input ${indices[1]}`);
    }
    return { row, indices, prompt, input, inputId };
  });
}

/** The rows of one prompt, and what they are written under. */
interface PromptGroup {
  readonly prompt: string;
  readonly rows: readonly number[];
  readonly inputIds: readonly number[];
  readonly key: string;
}

function groupByPrompt(rows: readonly RequestedRow[], context: string): PromptGroup[] {
  return Array.from(groupBy(rows, ({ indices: [prompt] }) => prompt).values(), (members) => {
    const [{ prompt }] = members;
    const inputIds = members.map(({ inputId }) => inputId);
    return { prompt, rows: members.map(({ row }) => row), inputIds, key: blockKey(context, inputIds, prompt) };
  });
}

/** Everything but the texts that a score depends on, within one run and one target LM. */
function contextKey(request: ScoreRequest): string {
  return createHash('sha256')
    .update(JSON.stringify(contextParts(request)))
    .digest('hex')
    .slice(0, 12);
}

function contextParts({ template, labels, normalise, sets }: ScoreRequest): unknown[] {
  const words = labels.map((label) => [label.text, label.tokenIds]);
  return [template.source, words, normalise, ...(sets ? [sets.map(({ columns, weights }) => [columns, weights])] : [])];
}

function widthOf({ sets, labels }: ScoreRequest): number {
  return sets?.length ?? labels.length;
}

/** Weighted means over each label's words: [rows, words] to [rows, labels]. */
function setScores(words: Float32Array, wordCount: number, sets: readonly LabelColumns[]): Float32Array {
  const rows = words.length / wordCount;
  const scores = new Float32Array(rows * sets.length);
  sets.forEach(({ columns, weights }, label) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let row = 0; row < rows; row++) {
      // By index: pairs of words and weights take thirteen times as long.
      const sum = columns.reduce((before, column, i) => before + weights[i]! * words[row * wordCount + column]!, 0);
      scores[row * sets.length + label] = sum / total;
    }
  });
  return scores;
}

/** Whether an earlier run has scored the row. */
function takeStored(
  store: ScoreContext,
  { row, prompt, input }: RequestedRow,
  result: Float32Array,
  width: number,
): boolean {
  const values = store.get(prompt, input);
  if (values) result.set(values, row * width);
  return values !== undefined;
}
