import { RlpromptError } from '../../errors.js';
import { type HiddenStep, type LabelNormalisation, startTokenOf } from '../../lm/model/types.js';
import { frozenHead } from '../../policy/frozen-head.js';
import type { PolicyHead } from '../../policy/policy-head.js';
import type { StateSource } from '../../preferences/pooled-states.js';
import { joinRows } from '../../statistics/join-rows.js';
import { zip } from '../../statistics/zip.js';

/** log p of phrases after texts under the frozen LM. */
export class LmScores {
  private readonly known = new Map<string, number>();

  private constructor(
    private readonly source: StateSource,
    private readonly head: PolicyHead,
    private readonly normalise: LabelNormalisation,
  ) {}

  static async create(source: StateSource, normalise: LabelNormalisation): Promise<LmScores> {
    const { hiddenStates } = source;
    return new LmScores(source, await frozenHead(hiddenStates, await hiddenStates.head()), normalise);
  }

  /**
   * Reads each pair of text and action once.
   * @throws RlpromptError `E_ENVIRONMENT_ACTION_LENGTH` where an action does not fit into the context
   * @returns log p of each action, normalised, [actions]
   */
  async after(text: string, actions: readonly string[]): Promise<Float64Array> {
    const keyOf = (action: string): string => JSON.stringify([text, action]);
    const missing = actions.filter((action) => !this.known.has(keyOf(action)));
    const scores = missing.length > 0 ? await this.read(text, missing) : new Float64Array();
    for (const [action, score] of zip(missing, scores)) this.known.set(keyOf(action), score);
    return Float64Array.from(actions, (action) => this.known.get(keyOf(action)) ?? Number.NaN);
  }

  dispose(): Promise<void> {
    return this.head.dispose();
  }

  /** As `after`, without keeping what was read. */
  async read(text: string, actions: readonly string[]): Promise<Float64Array> {
    const { hiddenStates, tokenizer, contextLength } = this.source;
    const { hiddenSize } = hiddenStates;
    const phrases = actions.map((action) => tokenizer.encode(` ${action}`));
    const lengths = phrases.map(({ length }) => length);
    const longest = Math.max(...lengths);
    const start = startTokenOf(tokenizer);
    if (longest >= contextLength) throw tooLong(actions[lengths.indexOf(longest)] ?? '', longest, contextLength);
    // The end of a text is what counts where not all of it fits.
    const prefix = [start, ...tokenizer.encode(text)].slice(longest - contextLength);
    let step: HiddenStep = await hiddenStates.begin(phrases.map(() => prefix));
    const along = [step.hidden];
    for (let time = 0; time < longest - 1; time++) {
      const tokens = phrases.map((phrase) => phrase[time] ?? start);
      step = await hiddenStates.advance(step.state, tokens);
      along.push(step.hidden);
    }
    step.state.dispose();
    const scores: number[] = [];
    // Phrase by phrase, so that a score is the same to the last bit whatever stands beside it.
    for (const [row, [tokens, action]] of [...zip(phrases, actions)].entries()) {
      const states = along.slice(0, tokens.length);
      const hidden = joinRows(states.map((state) => state.subarray(row * hiddenSize, (row + 1) * hiddenSize)));
      const { logProbs } = await this.head.lmLogProbs(hidden, tokens);
      scores.push(logProbs.reduce((sum, logProb) => sum + logProb, 0) / this.divisor(tokens, action));
    }
    return Float64Array.from(scores);
  }

  private divisor(tokens: readonly number[], action: string): number {
    if (this.normalise === 'none') return 1;
    return this.normalise === 'token' ? tokens.length : action.split(/\s+/).length;
  }
}

function tooLong(action: string, length: number, contextLength: number): RlpromptError {
  return new RlpromptError({
    code: 'E_ENVIRONMENT_ACTION_LENGTH',
    exit: 'internal',
    message: `an action takes ${length} tokens, the model's context is ${contextLength} with the observation`,
    where: JSON.stringify(`${action.slice(0, 60)}…`),
    next: 'let the environment offer shorter actions, or use a model with a longer context',
  });
}
