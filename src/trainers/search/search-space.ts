import { allowedTokens } from '../../policy/token-mask.js';
import type { Rng } from '../../random/rng.js';
import type { Generator, TrainerSettings } from '../contract/settings.js';
import type { Rollout } from '../contract/types.js';

/** The prompts that a search without a policy may propose: `promptLength` tokens, each of the allowed ones. */
export class SearchSpace {
  private constructor(
    /** The allowed ids, rising. */
    readonly tokenIds: readonly number[],
    readonly promptLength: number,
    private readonly generator: Generator,
  ) {}

  static async create(generator: Generator, { tokens, promptLength }: TrainerSettings): Promise<SearchSpace> {
    const { hiddenStates, tokenizer } = generator;
    const allowed = await allowedTokens(tokenizer, { width: hiddenStates.vocabularySize, characters: tokens });
    const tokenIds = [...allowed.keys()].filter((id) => allowed[id] === 1);
    return new SearchSpace(tokenIds, promptLength, generator);
  }

  /** Entropy in nats of a token drawn uniformly. */
  get tokenEntropy(): number {
    return Math.log(this.tokenIds.length);
  }

  randomToken(rng: Rng): number {
    return this.tokenIds[rng.below(this.tokenIds.length)]!;
  }

  randomPrompt(rng: Rng): number[] {
    return Array.from({ length: this.promptLength }, () => this.randomToken(rng));
  }

  /** The prompt with `changes` different positions drawn again; a position may get the token it had. */
  substituted(prompt: readonly number[], changes: number, rng: Rng): number[] {
    const child = [...prompt];
    for (const position of rng.shuffled([...prompt.keys()]).slice(0, changes)) child[position] = this.randomToken(rng);
    return child;
  }

  /** Whether this search could have proposed the prompt. */
  admits(prompt: readonly number[]): boolean {
    return prompt.length === this.promptLength && prompt.every((id) => this.tokenIds.includes(id));
  }

  rollout(tokenIds: readonly number[]): Rollout {
    return { tokenIds, text: this.generator.tokenizer.decode(tokenIds).trim(), trace: undefined };
  }

  /** What a search that has seen nothing yet calls its best. */
  firstPrompt(): number[] {
    return new Array(this.promptLength).fill(this.tokenIds[0]!);
  }
}
