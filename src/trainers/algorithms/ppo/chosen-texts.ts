import { RlpromptError } from '../../../errors.js';
import type { Tokenizer } from '../../../lm/model/types.js';
import type { PromptPolicy } from '../../policy/prompt-policy.js';
import { type StackedRollouts, stackRollouts } from '../../policy/stack-rollouts.js';

/**
 * Texts that the policy is to keep writing (the ptx term of Ouyang et al., arXiv 2203.02155, equation 2), cut to the
 * length of a prompt, with the states of the frozen LM: they never change.
 *
 * @throws RlpromptError E_PTX_TEXT for a text with a token that no prompt may hold
 */
export async function readChosenTexts(
  policy: PromptPolicy,
  tokenizer: Tokenizer,
  { ptx, promptLength }: { readonly ptx: readonly string[]; readonly promptLength: number },
): Promise<StackedRollouts> {
  const rollouts = [];
  for (const text of ptx) {
    const tokenIds = tokenizer.encode(` ${text}`).slice(0, promptLength);
    if (tokenIds.length === 0 || !policy.admits(tokenIds)) throw notWritable(text);
    rollouts.push(await policy.follow(tokenIds));
  }
  return stackRollouts(rollouts, policy.ends);
}

function notWritable(text: string): RlpromptError {
  return new RlpromptError({
    code: 'E_PTX_TEXT',
    exit: 'config',
    message: `the text ${JSON.stringify(text)} has tokens that a prompt may not hold`,
    where: '--ptx',
    next: 'leave it out of the file, or allow its characters with --tokens all',
  });
}
