import { RlpromptError } from '../../errors.js';
import { loadInk } from '../../ui/load-ink.js';
import type { CliContext } from '../output/context.js';

export type Ask = (question: string, fallback: string) => Promise<string>;

/** Asks for lines in a terminal; a bare Enter gives the fallback. @throws RlpromptError E_INTERRUPTED after Ctrl-C, Ctrl-D or Esc */
export async function askIn(
  { stderr, stdin, env }: CliContext,
  refusal: { readonly message: string; readonly next: string },
): Promise<Ask> {
  const { askLine } = await loadInk(() => import('../../ui/ink/questions/ask-line.js'));
  return async (question, fallback) => {
    const answer = await askLine({ question, fallback, stderr, stdin, env });
    if (answer !== undefined) return answer;
    throw new RlpromptError({ code: 'E_INTERRUPTED', exit: 'interrupted', ...refusal });
  };
}
