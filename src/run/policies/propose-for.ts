import { combineEvaluations } from '../../rewards/combine-evaluations.js';
import { zip } from '../../statistics/zip.js';
import type { Evaluation, Evaluator, Example } from '../../task/types.js';
import type { ConditionedPolicy, Rollout, TrainerState } from '../../trainers/contract/types.js';

export interface ProposedPrompts {
  /** One for each example, in order. */
  readonly rollouts: readonly Rollout[];
  /** Of each prompt on its own example, together. */
  readonly evaluation: Evaluation;
}

/** The policy's likeliest prompt for each example, evaluated on that example. It sees the texts only. */
export async function proposeFor(
  { policy, evaluator }: { readonly policy: ConditionedPolicy; readonly evaluator: Evaluator },
  examples: readonly Example[],
  { parameters, ...options }: { parameters?: TrainerState['arrays']; details?: boolean; signal?: AbortSignal } = {},
): Promise<ProposedPrompts> {
  const rollouts = await policy.promptsFor(
    examples.map(({ text }) => text),
    parameters,
  );
  const items = [...zip(rollouts, examples)].map(([{ text }, example]) => ({ text, examples: [example] }));
  return { rollouts, evaluation: combineEvaluations(await evaluator.evaluate(items, options), examples) };
}

/** The prompt that most examples get, the first met among equals, and how the prompts are spread. */
export function describePrompts(rollouts: readonly Rollout[]): { prompt: Rollout; prompts: number; share: number } {
  const byText = new Map<string, { prompt: Rollout; count: number }>();
  for (const prompt of rollouts) {
    const { prompt: first, count } = byText.get(prompt.text) ?? { prompt, count: 0 };
    byText.set(prompt.text, { prompt: first, count: count + 1 });
  }
  const { prompt, count } = [...byText.values()].reduce((one, other) => (other.count > one.count ? other : one));
  return { prompt, prompts: byText.size, share: count / rollouts.length };
}
