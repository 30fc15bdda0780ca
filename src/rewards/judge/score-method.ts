import { JudgeMemory, type JudgeMemoryState, type JudgeParts } from './judge-memory.js';
import type { JudgedItem, JudgeMethod } from './judge-method.js';
import { type QuestionFrame, SCORE_WORDS, scoreQuestion } from './judge-questions.js';
import { expectedScore, normalisedScore } from './soft-answers.js';

/** Judges each text by itself: the expected score from 1 to 10, on [-1, 1]. */
export class ScoreMethod implements JudgeMethod {
  readonly range = [-1, 1] as const;
  readonly neutral = 0;
  private readonly memory: JudgeMemory;
  private lastMean = 0;

  constructor(
    parts: JudgeParts,
    private readonly frame: QuestionFrame,
  ) {
    this.memory = new JudgeMemory(parts, SCORE_WORDS, expectedScore);
  }

  async judge(items: readonly JudgedItem[], signal?: AbortSignal): Promise<number[]> {
    const scores = await this.memory.ask(
      items.map((item) => scoreQuestion(this.frame, item)),
      signal,
    );
    const given = scores.filter((score) => score !== null);
    if (given.length > 0) this.lastMean = given.reduce((sum, score) => sum + score, 0) / given.length;
    return scores.map((score) => (score === null ? this.neutral : normalisedScore(score)));
  }

  metrics(): Readonly<Record<string, number>> {
    return { ...this.memory.metrics(), 'judge/score': this.lastMean };
  }

  save(): unknown {
    return { memory: this.memory.save(), lastMean: this.lastMean };
  }

  restore(saved: unknown): void {
    const { memory, lastMean } = saved as { memory: JudgeMemoryState; lastMean: number };
    this.memory.restore(memory);
    this.lastMean = lastMean;
  }
}
