import { type ResampleInterval, resampleInterval } from '../src/statistics/resample-interval.js';

/** What was chosen for an arm, on the test rows of a resplit. */
export interface Arm {
  readonly prompt: string;
  /** Accuracy. */
  readonly test: number;
  /** Rows run through the target LM to choose it, the test rows aside where nothing was searched. */
  readonly forwards: number;
}

export interface Resplit {
  readonly seed: number;
  /** Rows of the test split, and of train and dev together. */
  readonly sizes: { readonly test: number; readonly train: number };
  readonly arms: Readonly<Record<string, Arm>>;
}

export interface Summary {
  readonly resplits: number;
  readonly arms: Readonly<Record<string, { readonly mean: number; readonly forwards: number }>>;
  /** Of what the default finds against each other arm, resplit by resplit. */
  readonly differences: Readonly<Record<string, ResampleInterval>>;
}

export function summariseResplits(resplits: readonly Resplit[]): Summary {
  const names = Object.keys(resplits[0]?.arms ?? {});
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);
  const testsOf = (name: string): number[] => resplits.map(({ arms }) => arms[name]!.test);
  const found = testsOf('found');
  const sizes = {
    test: mean(resplits.map(({ sizes: { test } }) => test)),
    train: mean(resplits.map(({ sizes: { train } }) => train)),
  };
  const against = (name: string): ResampleInterval =>
    resampleInterval(
      testsOf(name).map((test, i) => found[i]! - test),
      sizes,
    );
  return {
    resplits: resplits.length,
    arms: Object.fromEntries(
      names.map((name) => {
        const forwards = mean(resplits.map(({ arms }) => arms[name]!.forwards));
        return [name, { mean: mean(testsOf(name)), forwards }];
      }),
    ),
    differences: Object.fromEntries(
      names.filter((name) => name !== 'found').map((name) => [`found − ${name}`, against(name)]),
    ),
  };
}
