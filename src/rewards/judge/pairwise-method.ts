import { JudgeMemory, type JudgeMemoryState, type JudgeParts } from './judge-memory.js';
import type { JudgedItem, JudgeMethod } from './judge-method.js';
import { PAIR_WORDS, pairQuestion, type QuestionFrame } from './judge-questions.js';
import { downWeighted, type Preference, preferenceOf } from './soft-answers.js';

interface PairwiseState {
  readonly memory: JudgeMemoryState;
  readonly best: readonly (readonly [place: string, text: string])[];
  readonly changes: number;
  readonly inconsistency: number;
  readonly swayed: number;
}

/**
 * Judges each text against the best one so far of its place, in both orders: the value is the probability that it is
 * the better one. The best ones change at the end of a call only, so that all texts of a call meet the same; a new best
 * has won in both orders. Where there is none yet, the first text of the call is it.
 */
export class PairwiseMethod implements JudgeMethod {
  readonly range = [0, 1] as const;
  readonly neutral = 0.5;
  private readonly memory: JudgeMemory;
  private readonly best = new Map<string, string>();
  private changes = 0;
  private inconsistency = 0;
  private swayed = 0;

  constructor(
    parts: JudgeParts,
    private readonly frame: QuestionFrame,
    private readonly options: { readonly downWeight: boolean },
  ) {
    this.memory = new JudgeMemory(parts, PAIR_WORDS, ([first = 0]) => first);
  }

  async judge(items: readonly JudgedItem[], signal?: AbortSignal): Promise<number[]> {
    for (const { place, text } of items) if (!this.best.has(place)) this.best.set(place, text);
    const preferences = await this.compare(items, signal);
    this.note(preferences);
    this.choose(items, preferences);
    return preferences.map((preference) => {
      if (!preference) return this.neutral;
      return this.options.downWeight ? downWeighted(preference) : preference.p;
    });
  }

  metrics(): Readonly<Record<string, number>> {
    return {
      ...this.memory.metrics(),
      'judge/inconsistency': this.inconsistency,
      'judge/swayed': this.swayed,
      'judge/best-changes': this.changes,
    };
  }

  save(): unknown {
    const { changes, inconsistency, swayed } = this;
    return { memory: this.memory.save(), best: [...this.best], changes, inconsistency, swayed } satisfies PairwiseState;
  }

  restore(saved: unknown): void {
    const { memory, best, ...numbers } = saved as PairwiseState;
    this.memory.restore(memory);
    this.best.clear();
    for (const [place, text] of best) this.best.set(place, text);
    Object.assign(this, numbers);
  }

  /** Each text against its place's best; undefined where it is the best itself, or there is no answer. */
  private async compare(items: readonly JudgedItem[], signal?: AbortSignal): Promise<(Preference | undefined)[]> {
    const pairs = items.map((item) => [item, { ...item, text: this.best.get(item.place) ?? item.text }] as const);
    const met = pairs.filter(([item, rival]) => rival.text !== item.text);
    const questions = met.flatMap(([item, rival]) => [
      pairQuestion(this.frame, item, rival),
      pairQuestion(this.frame, rival, item),
    ]);
    const answers = (await this.memory.ask(questions, signal)).values();
    const preferences = new Map<JudgedItem, Preference>();
    for (const [item] of met) {
      const [whenFirst = null, whenSecond = null] = [answers.next().value, answers.next().value];
      if (whenFirst !== null && whenSecond !== null) preferences.set(item, preferenceOf(whenFirst, whenSecond));
    }
    return items.map((item) => preferences.get(item));
  }

  private note(preferences: readonly (Preference | undefined)[]): void {
    const given = preferences.filter((preference) => preference !== undefined);
    if (given.length === 0) return;
    this.inconsistency = given.reduce((sum, { inconsistency }) => sum + inconsistency, 0) / given.length;
    this.swayed = given.filter(({ isSwayed }) => isSwayed).length / given.length;
  }

  /** The most preferred text of each place takes the place of its best. */
  private choose(items: readonly JudgedItem[], preferences: readonly (Preference | undefined)[]): void {
    const winners = new Map<string, { readonly text: string; readonly p: number }>();
    items.forEach(({ place, text }, i) => {
      const preference = preferences[i];
      if (!preference || preference.isSwayed || preference.p <= (winners.get(place)?.p ?? 0.5)) return;
      winners.set(place, { text, p: preference.p });
    });
    for (const [place, { text }] of winners) this.best.set(place, text);
    this.changes += winners.size;
  }
}
