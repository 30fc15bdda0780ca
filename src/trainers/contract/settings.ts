import type { HiddenStatesCapability, Tokenizer } from '../../lm/model/types.js';
import type { SoftQKind } from '../../losses/soft-q.js';
import type { TokenCharacters } from '../../policy/token-mask.js';

/** What a trainer minimises; `none` for searches that have no loss. */
export type TrainerLoss = SoftQKind | 'log-variance' | 'policy-gradient' | 'ppo-clip' | 'sparse' | 'none';

/** What trainers are tuned with: the part of a run's configuration that they know. */
export interface TrainerSettings {
  readonly seed: number;
  readonly loss: TrainerLoss;
  readonly promptLength: number;
  readonly promptsPerStep: number;
  readonly topK: number;
  readonly topP: number;
  readonly temperature: number;
  readonly learningRate: number;
  readonly polyak: number;
  readonly clipNorm: number;
  readonly innerSize: number;
  readonly logitBias: number;
  readonly priorBeta: number;
  readonly fluentTopK?: number | undefined;
  readonly tokens: TokenCharacters;
  readonly replayUpdates: number;
  /** How often a prompt that was proposed before is drawn again, to spend forwards on new ones. */
  readonly redraws: number;
  /** The policy reads the input that it proposes a prompt for. */
  readonly inputConditioned: boolean;
  /** Inputs of a step, where prompts meet one input each. */
  readonly inputsPerStep: number;
  readonly rewardFrom: readonly [number, number];
  readonly rewardTo: readonly [number, number];
  /** γ: a token k places before the end is credited γ^k of the reward (reinforce, ppo, sparse-q-learning). */
  readonly discount: number;
  /** Weight of the policy's entropy in the loss of reinforce. */
  readonly entropyWeight: number;
  /** Passes of ppo over the prompts of a step. */
  readonly innerEpochs: number;
  /** ε of ppo's clip. */
  readonly ppoClip: number;
  /** Weight of KL(π ‖ frozen LM) in the loss of ppo. */
  readonly klWeight: number;
  /** First steps of ppo in which only its critic learns. */
  readonly criticWarmup: number;
  /** Phrases that ppo chooses from in place of free tokens. */
  readonly actions?: readonly string[] | undefined;
  /** Prompts that evolution keeps as parents. */
  readonly populationSize: number;
  /** Sentences that edit-search starts from. */
  readonly initPrompts: readonly string[];
  readonly threads?: number | undefined;
}

/** The frozen language model that proposes prompts. */
export interface Generator {
  readonly name: string;
  readonly hiddenStates: HiddenStatesCapability;
  readonly tokenizer: Tokenizer;
  /** Tokens that it can read at once. @default no limit */
  readonly contextLength?: number;
}
