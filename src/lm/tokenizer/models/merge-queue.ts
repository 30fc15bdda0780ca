/** Two neighbours that may become one token. */
export interface Merge {
  /** Place of the first. */
  readonly at: number;
  readonly rank: number;
  readonly token: string;
}

/** A binary heap: the lowest rank first, then the leftmost place. */
export class MergeQueue {
  private readonly heap: Merge[] = [];

  push(merge: Merge): void {
    const { heap } = this;
    let child = heap.length;
    heap.push(merge);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = heap[parent];
      if (!above || !isBefore(merge, above)) break;
      heap[child] = above;
      child = parent;
    }
    heap[child] = merge;
  }

  pop(): Merge | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (last && heap.length > 0) this.sink(last);
    return top;
  }

  private sink(merge: Merge): void {
    const { heap } = this;
    let parent = 0;
    for (;;) {
      const left = heap[2 * parent + 1];
      const right = heap[2 * parent + 2];
      const smaller = right && left && isBefore(right, left) ? right : left;
      if (!smaller || !isBefore(smaller, merge)) break;
      heap[parent] = smaller;
      parent = 2 * parent + (smaller === left ? 1 : 2);
    }
    heap[parent] = merge;
  }
}

function isBefore(a: Merge, b: Merge): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.at < b.at);
}
