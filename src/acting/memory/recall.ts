import { cosine } from '../../statistics/cosine.js';
import type { Situation } from './situation.js';

/** The situations most like one, the most alike first; of equals the one that was met longest ago. Task and text count alike. */
export function recall(
  situations: readonly Situation[],
  { taskState, state }: Pick<Situation, 'taskState' | 'state'>,
  count: number,
): Situation[] {
  const alike = situations.map((situation) => ({
    situation,
    likeness: cosine(taskState, situation.taskState) + cosine(state, situation.state),
  }));
  return alike
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, count)
    .map(({ situation }) => situation);
}
