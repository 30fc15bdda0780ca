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
  /** Of each trainer's arms less the arms without a search, and less the same arm of the trainers before, resplit by resplit. */
  readonly differences: Readonly<Record<string, ResampleInterval>>;
}

export function summariseResplits(resplits: readonly Resplit[]): Summary {
  const names = Object.keys(resplits[0]?.arms ?? {});
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);
  const testsOf = (name: string): number[] => resplits.map(({ arms }) => arms[name]!.test);
  const sizes = {
    test: mean(resplits.map(({ sizes: { test } }) => test)),
    train: mean(resplits.map(({ sizes: { train } }) => train)),
  };
  const difference = (name: string, other: string): ResampleInterval => {
    const others = testsOf(other);
    return resampleInterval(
      testsOf(name).map((test, i) => test - others[i]!),
      sizes,
    );
  };
  const pairs = names.flatMap((name, i) =>
    names.filter((other, k) => isCompared([name, i], [other, k])).map((other) => [name, other] as const),
  );
  return {
    resplits: resplits.length,
    arms: Object.fromEntries(
      names.map((name) => {
        const forwards = mean(resplits.map(({ arms }) => arms[name]!.forwards));
        return [name, { mean: mean(testsOf(name)), forwards }];
      }),
    ),
    differences: Object.fromEntries(pairs.map(([name, other]) => [`${name} − ${other}`, difference(name, other)])),
  };
}

/** A trainer's arms are compared with every arm without a search, and with the same arms of the trainers before it. */
function isCompared([name, i]: readonly [string, number], [other, k]: readonly [string, number]): boolean {
  const kindOf = (arm: string): string | undefined => /, (searched|exported)$/.exec(arm)?.[1];
  const kind = kindOf(name);
  if (kind === undefined || i <= k) return false;
  return kindOf(other) === undefined || kindOf(other) === kind;
}
