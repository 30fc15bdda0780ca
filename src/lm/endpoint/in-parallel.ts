/** The answer to each item, in order, `width` of them under way at once; the first failure stops what was not begun. */
export async function inParallel<Item, Answer>(
  items: readonly Item[],
  width: number,
  ask: (item: Item, index: number) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  let isStopped = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !isStopped) {
      const index = next++;
      try {
        answers[index] = await ask(items[index]!, index);
      } catch (error) {
        isStopped = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return answers;
}
