import type { Judge, JudgeAnswer } from '../../../src/rewards/judge/judge-model.js';

/** A judge whose answer is a function of the question, with a record of what it was asked. */
export class ScriptedJudge implements Judge {
  /** Questions of each call. */
  readonly calls: (readonly string[])[] = [];
  readonly words: (readonly string[])[] = [];

  constructor(
    private readonly answer: (question: string) => JudgeAnswer,
    readonly fits: (question: string) => boolean = () => true,
  ) {}

  async ask(questions: readonly string[], words: readonly string[]): Promise<JudgeAnswer[]> {
    this.calls.push(questions);
    this.words.push(words);
    return questions.map(this.answer);
  }
}
