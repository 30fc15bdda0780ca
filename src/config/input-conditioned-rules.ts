import { CONDITIONED_TRAINERS } from '../trainers/trainer-table.js';
import type { RunConfig } from './run-config.js';

type Refusal = readonly [(config: RunConfig) => boolean, string];

/** Settings that say something of one prompt for all inputs. */
const OF_ONE_PROMPT: readonly Refusal[] = [
  [({ racing }) => racing, 'racing: a prompt meets one input only'],
  [
    ({ examplesPerStep }) => examplesPerStep !== undefined,
    'examplesPerStep: inputsPerStep says how many inputs a step has',
  ],
  [({ calibrate }) => !['auto', 'none'].includes(calibrate), 'calibrate: label scores are not those of one prompt'],
  [({ ensemble }) => ensemble !== undefined, 'ensemble: there is one policy, not several prompts'],
  [({ promptLibrary }) => promptLibrary, 'promptLibrary: it holds prompts for whole tasks'],
  [({ initPrompts }) => initPrompts.length > 0, 'initPrompts: a prompt to start from belongs to no input'],
  [({ context }) => context !== undefined, 'context: what is read first is the input'],
  [({ mustContain }) => mustContain !== undefined, 'mustContain'],
  [({ actions }) => actions !== undefined, 'actions: phrases are chosen without the input'],
];

/** What a policy that reads its inputs cannot be combined with. */
export function findInputConditionedViolations(config: RunConfig): string[] {
  const { inputConditioned, trainer, promptsPerStep, inputsPerStep } = config;
  if (!inputConditioned) return [];
  const problems = OF_ONE_PROMPT.flatMap(([isGiven, what]) =>
    isGiven(config) ? [`inputConditioned cannot have ${what}`] : [],
  );
  if (!CONDITIONED_TRAINERS.includes(trainer)) {
    problems.push(`trainer ${trainer} has no policy that reads inputs: ${CONDITIONED_TRAINERS.join(', ')} have`);
  }
  if (promptsPerStep % inputsPerStep !== 0 || promptsPerStep < 2 * inputsPerStep) {
    problems.push(
      `promptsPerStep ${promptsPerStep} cannot be shared by inputsPerStep ${inputsPerStep}: ` +
        `each input needs as many prompts as the others, two or more (4 × ${inputsPerStep} = ${4 * inputsPerStep} is usual)`,
    );
  }
  return problems;
}
