import * as z from 'zod';
import { type ErrorCode, RlpromptError } from '../errors.js';
import { countOf, groupDigits } from '../group-digits.js';
import { plainIssue } from '../plain-issue.js';
import type { FirstObservation, Observation } from '../task/environment.js';
import { visibleText } from '../user-code/bounded-output.js';
import { MEND_ENVIRONMENT } from '../user-code/plug-in-error.js';
import { type Answer, LONGEST_EPISODE } from './episodes.js';

const OBSERVATION = {
  observation: z.string(),
  // What is sent back is what was offered, and to a language model a blank at an end makes another phrase.
  actions: z.array(
    z.string().refine((action) => /^\S(.*\S)?$/s.test(action), 'an action begins and ends with no blank'),
  ),
  turn: z.int().min(0).optional(),
};
const FIRST = z.strictObject({ ...OBSERVATION, bestReturn: z.number().optional() });
/** Learning squares sums of rewards: far larger ones leave what a critic can compute with. */
const MOST_REWARD = 1e6;
/** Each phrase is read by the language model in each situation. */
const MOST_ACTIONS = 1000;
const STEP = z.strictObject({
  ...OBSERVATION,
  reward: z.number().min(-MOST_REWARD).max(MOST_REWARD),
  done: z.boolean(),
});

/** Checks what an environment answers; one that answers wrongly is stopped, and nothing is learned from it. */
export class AnswerChecks {
  private steps = 0;
  /** Spellings of the actions seen, by what they have in common. */
  private readonly spellings = new Map<string, ReadonlySet<string>>();

  /** @param mostSteps what the environment says of itself */
  constructor(
    private readonly mostSteps: number | undefined,
    private readonly file: string,
  ) {}

  /** @throws RlpromptError E_ENVIRONMENT_… */
  first(answer: unknown): FirstObservation {
    this.steps = 0;
    const seen = this.parse(FIRST, answer, 'reset');
    this.check(seen);
    return seen;
  }

  /** @throws RlpromptError E_ENVIRONMENT_… */
  next(answer: unknown): Answer {
    this.steps += 1;
    const seen = this.parse(STEP, answer, 'step');
    if (!seen.done && this.mostSteps !== undefined && this.steps >= this.mostSteps) {
      const message = `the episode has not ended after ${this.steps} steps, though mostSteps is ${this.mostSteps}`;
      throw this.fault('E_ENVIRONMENT_ENDLESS', message);
    }
    this.check(seen, seen.done);
    // A policy may do one thing for ever where only another thing ends the episode: neither is at fault.
    const isCut = !seen.done && this.mostSteps === undefined && this.steps >= LONGEST_EPISODE;
    return isCut ? { ...seen, done: true, isCut } : seen;
  }

  private parse<Schema extends z.ZodType>(schema: Schema, answer: unknown, asked: string): z.output<Schema> {
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    const why = parsed.error.issues.map((issue) => plainIssue(issue, 'the answer'));
    throw this.fault('E_ENVIRONMENT_ANSWER', `${asked} gave a wrong answer: ${why.join('; ')}`);
  }

  private check({ actions, turn = this.steps }: Observation, isDone = false): void {
    if (turn !== this.steps) {
      throw this.fault('E_ENVIRONMENT_TURN', `the answer is that of turn ${turn}, expected turn ${this.steps}`);
    }
    if (actions.length === 0 && !isDone) {
      const after = countOf(this.steps, 'step');
      throw this.fault('E_ENVIRONMENT_ACTIONS', `there is no action after ${after}, and the episode has not ended`);
    }
    if (actions.length > MOST_ACTIONS) {
      const offered = groupDigits(actions.length);
      const message = `it offers ${offered} actions at once, and a policy chooses among ${groupDigits(MOST_ACTIONS)} at most`;
      throw this.fault('E_ENVIRONMENT_ACTIONS', message);
    }
    const twice = actions.find((action, place) => actions.indexOf(action) !== place);
    if (twice !== undefined) throw this.fault('E_ENVIRONMENT_ACTIONS', `the action ${quote(twice)} is there twice`);
    this.checkSpellings(actions);
  }

  /**
   * To a language model other capitals, blanks and marks make another phrase, so it would have to learn both. Phrases that are
   * offered side by side are different actions, however alike.
   */
  private checkSpellings(actions: readonly string[]): void {
    for (const action of actions) {
      const before = this.spellings.get(wordsOf(action));
      if (!before || before.has(action) || actions.some((other) => before.has(other))) continue;
      const message = `the action ${quote([...before][0] ?? '')} is now spelled ${quote(action)}`;
      throw this.fault('E_ENVIRONMENT_SPELLING', message);
    }
    for (const action of actions) {
      const words = wordsOf(action);
      this.spellings.set(words, new Set([...(this.spellings.get(words) ?? []), action]));
    }
  }

  private fault(code: ErrorCode, message: string): RlpromptError {
    return new RlpromptError({
      code,
      exit: 'internal',
      message: visibleText(message).replaceAll('\n', ' '),
      where: this.file,
      next: MEND_ENVIRONMENT,
    });
  }
}

/** What two spellings of one action share. Signs, and vowels that are written as marks, tell actions apart: by +1, by -1. */
function wordsOf(action: string): string {
  const words = action
    .normalize('NFC')
    .toLowerCase()
    .match(/-(?=\p{N})|[\p{L}\p{M}\p{N}\p{S}]+/gu);
  return words?.join(' ') ?? action;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
