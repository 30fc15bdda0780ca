import type { HiddenStatesCapability, Tokenizer } from '../../lm/model/types.js';
import type { PolicyStart } from '../../policy/policy-start.js';
import type { TokenCharacters } from '../../policy/token-mask.js';

/** What every trainer is tuned with: the part of a run's configuration that they know. Each may have settings of its own beside it. */
export interface TrainerSettings {
  readonly seed: number;
  /** What the trainer minimises, one of its losses. */
  readonly loss: string;
  readonly promptLength: number;
  /** Where prompts have several lengths, up to `promptLength`. */
  readonly minPromptLength?: number | undefined;
  readonly promptsPerStep: number;
  readonly topK: number;
  readonly topP: number;
  readonly temperature: number;
  readonly learningRate: number;
  readonly clipNorm: number;
  readonly innerSize: number;
  readonly logitBias: number;
  readonly priorBeta: number;
  readonly fluentTopK?: number | undefined;
  /** What the generator LM reads before it writes, line by line. */
  readonly context?: readonly string[] | undefined;
  /** Words that no drawn prompt may hold. */
  readonly forbid?: readonly string[] | undefined;
  /** What every drawn prompt begins with. */
  readonly mustContain?: string | undefined;
  readonly tokens: TokenCharacters;
  /** The policy reads the input that it proposes a prompt for. */
  readonly inputConditioned: boolean;
  /** Inputs of a step, where prompts meet one input each. */
  readonly inputsPerStep: number;
  readonly rewardFrom: readonly [number, number];
  readonly rewardTo: readonly [number, number];
  /** Sentences that edit-search starts from. */
  readonly initPrompts: readonly string[];
  readonly threads?: number | undefined;
  /** Where the policy begins, if not with parameters drawn from the seed. */
  readonly start?: PolicyStart | undefined;
}

/** The frozen language model that proposes prompts. */
export interface Generator {
  readonly name: string;
  readonly hiddenStates: HiddenStatesCapability;
  readonly tokenizer: Tokenizer;
  /** Tokens that it can read at once. @default no limit */
  readonly contextLength?: number;
}
