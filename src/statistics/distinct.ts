/** What is met often is computed once: the different items, in the order met, and where each of the given ones is among them. */
export function distinct<Item>(given: readonly Item[]): { items: Item[]; places: number[] } {
  const places = new Map<Item, number>();
  for (const item of given) if (!places.has(item)) places.set(item, places.size);
  return { items: [...places.keys()], places: given.map((item) => places.get(item) ?? -1) };
}
