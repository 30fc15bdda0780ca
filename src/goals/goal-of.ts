import type { Run } from '../run/loop/run.js';
import { PolicyGoal } from './policy-goal.js';
import { PromptGoal } from './prompt-goal.js';
import type { SearchGoal } from './search-goal.js';

/** What a run searches for: a policy where the trainer's reads inputs, else a prompt. */
export function goalOf(run: Run): SearchGoal {
  return run.policies ? new PolicyGoal(run, run.policies) : new PromptGoal(run);
}
