import { createHash } from 'node:crypto';
import { RlpromptError } from '../../errors.js';
import type { Judge, JudgeAnswer } from './judge-model.js';

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

export interface JudgeMemoryState {
  readonly counts: JudgeCounts;
  readonly answers: readonly (readonly [key: string, answer: number | null])[];
}

/** Asks each question once, counts, and ends the run where the judge keeps answering outside its scale. */
export class JudgeMemory {
  readonly counts: JudgeCounts = { calls: 0, known: 0, offScale: 0, tooLong: 0 };
  private readonly answers = new Map<string, number | null>();

  /**
   * @param read the one number that is kept of an answer's probabilities
   */
  constructor(
    private readonly name: string,
    private readonly judge: Judge,
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
    questions.forEach((question, i) => {
      const key = keys[i]!;
      if (this.answers.has(key) || asked.has(key)) this.counts.known++;
      else if (this.judge.fits(question)) asked.set(key, question);
      else this.keepUnasked(key);
    });
    // Before the new ones push it out.
    const known = new Map(keys.map((key) => [key, this.answers.get(key) ?? null]));
    for (const part of this.parts([...asked])) {
      const questionsNow = part.map(([, question]) => question);
      const answers = await this.judge.ask(questionsNow, this.words, signal);
      part.forEach(([key], i) => {
        const answer = this.take(answers[i]!);
        known.set(key, answer);
        this.keep(key, answer);
      });
    }
    return keys.map((key) => known.get(key)!);
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
  private parts<Question>(questions: readonly Question[]): (readonly Question[])[] {
    const first = this.counts.calls === 0 ? FIRST_QUESTIONS : questions.length;
    return [questions.slice(0, first), questions.slice(first)].filter((part) => part.length > 0);
  }

  private keepUnasked(key: string): void {
    this.counts.tooLong++;
    this.keep(key, null);
  }

  private take(answer: JudgeAnswer): number | null {
    this.counts.calls++;
    if ('probabilities' in answer) return this.read(answer.probabilities);
    this.counts.offScale++;
    if (this.counts.offScale > MOST_OFF_SCALE) throw this.offScale(answer.said);
    return null;
  }

  private keep(key: string, answer: number | null): void {
    this.answers.set(key, answer);
    if (this.answers.size <= MOST_KEPT) return;
    const [oldest] = this.answers.keys();
    this.answers.delete(oldest!);
  }

  private offScale(said: string): RlpromptError {
    const [first, last] = [this.words[0]!, this.words.at(-1)!];
    return new RlpromptError({
      code: 'E_JUDGE_SCALE',
      exit: 'protocol',
      message:
        `the judge ${this.name} was to answer with a number from ${first} to ${last}; ${this.counts.offScale} of its ` +
        `${this.counts.calls} answers were something else, the last was ${JSON.stringify(said.slice(0, 80))}`,
      where: '--judge',
      kept: 'the run up to its last checkpoint, and every score that was paid for',
      next: 'name another --judge, one that answers with a number or gives log-probabilities',
    });
  }
}

function keyOf(question: string): string {
  return createHash('sha256').update(question).digest('base64url').slice(0, 16);
}
