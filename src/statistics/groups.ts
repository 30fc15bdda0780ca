/** Groups in the order of their first members; none is empty. */
export function groupBy<T, K>(values: Iterable<T>, key: (value: T) => K): Map<K, [T, ...T[]]> {
  const groups = new Map<K, [T, ...T[]]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group) group.push(value);
    else groups.set(key(value), [value]);
  }
  return groups;
}

/** Runs of at most `size` values, as even as they can be. */
export function* chunksOf<T>(values: readonly T[], size: number): Generator<T[]> {
  const count = Math.ceil(values.length / size);
  for (let i = 0; i < count; i++) {
    yield values.slice(Math.floor((i * values.length) / count), Math.floor(((i + 1) * values.length) / count));
  }
}
