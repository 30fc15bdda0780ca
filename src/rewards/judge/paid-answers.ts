import type { ObjectiveLog } from '../objectives/contract/objective.js';

/** Every answer that a run has paid for, also those after its last checkpoint; answers outside the scale are not kept. */
export class PaidAnswers {
  private readonly answers = new Map<string, number>();
  private log: ObjectiveLog | undefined;

  attach(log: ObjectiveLog): void {
    this.log = log;
    for (const { key, values } of log.records) this.answers.set(key, values[0]!);
  }

  get(key: string): number | undefined {
    return this.answers.get(key);
  }

  add(paid: readonly (readonly [key: string, answer: number | null])[]): void {
    const kept = paid.flatMap(([key, answer]) => (answer === null ? [] : [{ key, answer }]));
    for (const { key, answer } of kept) this.answers.set(key, answer);
    if (kept.length > 0) this.log?.append(kept.map(({ key, answer }) => ({ key, values: Float64Array.of(answer) })));
  }
}
