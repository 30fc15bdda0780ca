/**
 * The answer to each item, in order, `width` of them under way at once; the first failure stops what was not
 * begun and is thrown when the others are there, which are paid for already.
 */
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
  const ends = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, worker));
  const failed = ends.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return answers;
}
