import type * as z from 'zod';
import type { Generator, TrainerSettings } from './settings.js';
import type { Trainer } from './types.js';

/** Settings that a trainer wants otherwise than the preset `default`, which is made for log-variance. */
export interface TrainerDefaults {
  readonly learningRate?: number;
  readonly rewardTo?: readonly [number, number];
  readonly resampling?: number;
}

/**
 * All that flags, help, the configuration and its checks know of a trainer. It stands in `settings.ts` of the trainer's
 * folder and loads nothing heavy; the trainer itself is loaded when it runs.
 */
export interface TrainerDefinition {
  /** What `--trainer` takes. */
  readonly name: string;
  /** What it can minimise, the default first; `none` for a search without a policy. */
  readonly losses: readonly [string, ...string[]];
  /** Its loss holds for prompts from anywhere, so that scored prompts are learned from again. */
  readonly hasReplay: boolean;
  /** Its policy can read the input that it proposes a prompt for. */
  readonly readsInputs: boolean;
  /** Its own settings by key, registered with `settingsOf`; several trainers may share one. */
  readonly settings: Readonly<Record<string, z.ZodType>>;
  readonly defaults?: TrainerDefaults;
}

export function defineTrainer<const D extends TrainerDefinition>(definition: D): D {
  return definition;
}

/** What a trainer is created with: what all know, and its own. */
export type SettingsOf<D extends Pick<TrainerDefinition, 'settings'>> = TrainerSettings &
  ([keyof D['settings']] extends [never] ? unknown : Readonly<z.output<z.ZodObject<D['settings']>>>);

export type CreateTrainer<D extends TrainerDefinition> = (
  generator: Generator,
  settings: SettingsOf<D>,
) => Promise<Trainer>;
