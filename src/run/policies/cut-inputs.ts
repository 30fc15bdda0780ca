import type { LanguageModel } from '../../lm/model/types.js';
import type { TaskSplits } from '../../task/types.js';
import type { ConditionedPolicy } from '../../trainers/contract/types.js';

/** A warning where a policy does not read the whole of every input. */
export function cutInputs(
  policy: ConditionedPolicy | undefined,
  splits: TaskSplits,
  { name, contextLength }: Pick<LanguageModel, 'name' | 'contextLength'>,
): string[] {
  if (!policy) return [];
  const examples = Object.values(splits).flat();
  const cut = examples.filter(({ text }) => !policy.readsWhole(text)).length;
  if (cut === 0) return [];
  return [
    `${cut} of ${examples.length} inputs are longer than ${name} can read: ` +
      `the policy sees the beginning of each, as much as leaves room for the prompt in ${contextLength} tokens`,
  ];
}
