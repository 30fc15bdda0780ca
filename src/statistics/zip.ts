/** The items of two lists that belong together by their place; as many as the shorter has. */
export function* zip<A, B>(first: Iterable<A>, second: Iterable<B>): Generator<[A, B], void> {
  const others = second[Symbol.iterator]();
  for (const item of first) {
    const { value, done } = others.next();
    if (done) return;
    yield [item, value];
  }
}
