import type { HiddenStatesCapability, Tokenizer } from '../lm/types.js';
import type { SoftQKind } from '../losses/soft-q.js';
import type { TokenCharacters } from '../policy/token-mask.js';

/** What trainers are tuned with: the part of a run's configuration that they know. */
export interface TrainerSettings {
  readonly seed: number;
  readonly loss: SoftQKind | 'log-variance';
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
  readonly rewardFrom: readonly [number, number];
  readonly rewardTo: readonly [number, number];
  readonly threads?: number | undefined;
}

/** The frozen language model that proposes prompts. */
export interface Generator {
  readonly name: string;
  readonly hiddenStates: HiddenStatesCapability;
  readonly tokenizer: Tokenizer;
}
