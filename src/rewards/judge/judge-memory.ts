import { createHash } from 'node:crypto';
import { RlpromptError } from '../../errors.js';
import { zip } from '../../statistics/zip.js';
import type { Judge, JudgeAnswer } from './judge-model.js';
import type { PaidAnswers } from './paid-answers.js';

/** Answers that are kept, the oldest leave first. */
const MOST_KEPT = 10_000;
/** So many answers outside the scale are put up with in a run; one more than these ends it. */
const MOST_OFF_SCALE = 4;
const FIRST_QUESTIONS = 8;

export interface JudgeCounts {
  /** Questions put to the judge since the run's start. */
  calls: number;
  /** Questions whose answer was known. */
  known: number;
  /** Answers that were none of the words. */
  offScale: number;
  /** Questions that the judge could not have read whole; they were not asked. */
  tooLong: number;
}

/** Who is asked, and what was paid for already. */
export interface JudgeParts {
  readonly name: string;
  readonly judge: Judge;
  readonly paid: PaidAnswers;
}

type Question = readonly [key: string, question: string];

export interface JudgeMemoryState {
  readonly counts: JudgeCounts;
  readonly answers: readonly (readonly [key: string, answer: number | null])[];
}

/**
 * Asks each question once, counts, and ends the run where the judge keeps answering outside its scale. Counting is that of
 * an unbroken run: an answer that was paid for before the run was stopped is not asked for again but counts as a call.
 */
export class JudgeMemory {
  readonly counts: JudgeCounts = { calls: 0, known: 0, offScale: 0, tooLong: 0 };
  private readonly answers = new Map<string, number | null>();

  /** @param read the one number that is kept of an answer's probabilities */
  constructor(
    private readonly parts: JudgeParts,
    private readonly words: readonly string[],
    private readonly read: (probabilities: readonly number[]) => number,
  ) {}

  /**
   * The number of each question's answer, null where it was outside the scale or could not be asked.
   *
   * @throws RlpromptError E_JUDGE_SCALE after five answers outside the scale
   */
  async ask(questions: readonly string[], signal?: AbortSignal): Promise<(number | null)[]> {
    const keys = questions.map(keyOf);
    const asked = new Map<string, string>();
    for (const [question, key] of zip(questions, keys)) {
      if (this.answers.has(key) || asked.has(key)) this.counts.known++;
      else if (this.parts.judge.fits(question)) asked.set(key, question);
      else this.keepUnasked(key);
    }
    // Before the new ones push it out.
    const known = new Map(keys.map((key) => [key, this.answers.get(key) ?? null]));
    for (const part of this.portions([...asked])) {
      for (const [key, answer] of await this.answersTo(part, signal)) {
        known.set(key, answer);
        this.keep(key, answer);
      }
    }
    return keys.map((key) => known.get(key) ?? null);
  }

  metrics(): Record<string, number> {
    const { calls, known, offScale, tooLong } = this.counts;
    return { 'judge/calls': calls, 'judge/known': known, 'judge/off-scale': offScale, 'judge/too-long': tooLong };
  }

  save(): JudgeMemoryState {
    return { counts: { ...this.counts }, answers: [...this.answers] };
  }

  restore({ counts, answers }: JudgeMemoryState): void {
    Object.assign(this.counts, counts);
    this.answers.clear();
    for (const [key, answer] of answers) this.answers.set(key, answer);
  }

  /** A judge that was never asked gets a few questions first: one that cannot answer is not paid for a whole step. */
  private portions(questions: readonly Question[]): (readonly Question[])[] {
    const first = this.counts.calls === 0 ? FIRST_QUESTIONS : questions.length;
    return [questions.slice(0, first), questions.slice(first)].filter((part) => part.length > 0);
  }

  private async answersTo(questions: readonly Question[], signal: AbortSignal | undefined) {
    const { judge, paid } = this.parts;
    const unpaid = questions.filter(([key]) => paid.get(key) === undefined);
    const texts = unpaid.map(([, question]) => question);
    const answers = texts.length === 0 ? [] : await judge.ask(texts, this.words, signal);
    const keys = unpaid.map(([key]) => key);
    const fresh = new Map(zip(keys, answers));
    paid.add([...fresh].map(([key, answer]) => [key, this.numberOf(answer)] as const));
    return questions.map(([key]) => [key, this.count(fresh.get(key) ?? { number: paid.get(key)! })] as const);
  }

  private numberOf(answer: JudgeAnswer): number | null {
    return 'probabilities' in answer ? this.read(answer.probabilities) : null;
  }

  private count(answer: JudgeAnswer | { readonly number: number }): number | null {
    this.counts.calls++;
    if ('number' in answer) return answer.number;
    if ('said' in answer) {
      this.counts.offScale++;
      if (this.counts.offScale > MOST_OFF_SCALE) throw this.offScale(answer.said);
    }
    return this.numberOf(answer);
  }

  private keepUnasked(key: string): void {
    this.counts.tooLong++;
    this.keep(key, null);
  }

  private keep(key: string, answer: number | null): void {
    this.answers.set(key, answer);
    if (this.answers.size <= MOST_KEPT) return;
    for (const oldest of this.answers.keys()) {
      this.answers.delete(oldest);
      break;
    }
  }

  private offScale(said: string): RlpromptError {
    const [first, last] = [this.words[0], this.words.at(-1)];
    return new RlpromptError({
      code: 'E_JUDGE_SCALE',
      exit: 'protocol',
      message:
        `the judge ${this.parts.name} was to answer with a number from ${first} to ${last}; ${this.counts.offScale} of ` +
        `its ${this.counts.calls} answers were something else, the last was ${JSON.stringify(said.slice(0, 80))}`,
      where: '--judge',
      kept: 'the run up to its last checkpoint, and every score that was paid for',
      next: 'name another --judge, one that answers with a number or gives log-probabilities',
    });
  }
}

function keyOf(question: string): string {
  return createHash('sha256').update(question).digest('base64url').slice(0, 16);
}
