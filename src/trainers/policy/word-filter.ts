import { RlpromptError } from '../../errors.js';
import type { Tokenizer } from '../../lm/model/types.js';
import { forbiddenWords } from '../../policy/forbidden-words.js';
import type { Candidates, ChosenTokens } from '../../policy/sampling.js';
import { zip } from '../../statistics/zip.js';
import { MASKED } from './next-tokens.js';

export type Choose = (candidates: Candidates) => ChosenTokens;

/** Below what can be drawn, as masked tokens are. */
const FORBIDDEN = -1e9;

/** Keeps forbidden words out of drawn prompts. */
export class WordFilter {
  private readonly isForbidden: ((text: string) => boolean) | undefined;

  constructor(
    private readonly tokenizer: Tokenizer,
    words: readonly string[],
    private readonly stopToken: number | undefined,
  ) {
    this.isForbidden = forbiddenWords(words);
  }

  /**
   * Tokens that end a forbidden word are taken from the candidates and all rows choose again, until there are none.
   *
   * @param prompts what each row holds so far; undefined, or left out, where a row is not checked
   * @throws RlpromptError `E_TOKEN_MASK` where every token ends a forbidden word
   */
  choose(candidates: Candidates, choose: Choose, prompts: readonly (readonly number[] | undefined)[]): ChosenTokens {
    const chosen = choose(candidates);
    const { isForbidden } = this;
    if (!isForbidden) return chosen;
    const { width, tokenIds: ids } = candidates;
    const bad = [...zip(prompts, chosen.tokenIds)].flatMap(([prompt, token], row) => {
      if (!prompt || token === this.stopToken) return [];
      if (!isForbidden(this.tokenizer.decode([...prompt, token]))) return [];
      return [row * width + (ids ? ids.indexOf(token, row * width) - row * width : token)];
    });
    if (bad.length === 0) return chosen;
    const logits = candidates.logits.slice();
    if (logits.some((logit, cell) => logit <= MASKED && bad.includes(cell))) throw allForbidden();
    for (const cell of bad) logits[cell] = FORBIDDEN;
    return this.choose({ ...candidates, logits }, choose, prompts);
  }
}

function allForbidden(): RlpromptError {
  return new RlpromptError({
    code: 'E_TOKEN_MASK',
    exit: 'config',
    message: 'every token that may come next ends a forbidden word',
    where: '--forbid',
    next: 'forbid fewer words, or sample among more tokens with --top-k',
  });
}
