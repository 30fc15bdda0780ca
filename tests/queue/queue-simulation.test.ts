import type { Queue, QueueEvents } from 'bullmq';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LabelScoresCapability } from '../../src/lm/model/types.js';
import { QueueScorer } from '../../src/queue/queue-scorer.js';
import type { QueueWatch } from '../../src/queue/queue-watch.js';
import type { ScoreJob } from '../../src/queue/score-job.js';
import { parseTemplate } from '../../src/template/parse-template.js';
import { tell } from '../faults/report/figures.js';
import { SimulatedQueue, TROUBLES } from './simulated-queue.js';

/** 2000 in the suites of faults. */
const SCHEDULES = process.env.RLPROMPT_TEST_FUZZ ? 2000 : 100;

/** Two numbers per row that no other row has. */
const scoresOf = ({ rows }: ScoreJob): number[] => rows.flatMap(([, input]) => [Number(input), -Number(input)]);

const local: LabelScoresCapability = {
  resolveLabels: () => [],
  truncation: () => ({ cut: 0, total: 0 }),
  labelScores: () => Promise.reject(new Error('workers compute here')),
};
const watch = { hasSeenWorker: true, workers: 1, trouble: undefined, look: async () => [], follow: () => () => {} };
const word = (label: string) => ({ label, word: label, text: label, tokenIds: [1], wordCount: 1 });

function scorerOf(queue: SimulatedQueue): QueueScorer {
  return new QueueScorer(local, {
    address: 'in memory',
    // What of them is used is here.
    watch: watch as unknown as QueueWatch,
    queue: queue as unknown as Queue,
    events: {} as unknown as QueueEvents,
    identity: { version: '0', model: 'm', digest: 'd', dtype: 'fp32', truncate: 'tail' },
    family: 'causal',
  });
}

it('counts each score once, whatever is lost, repeated, late, out of order or cut short', async (context) => {
  let retried = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.constantFrom(...TROUBLES), { maxLength: 24 }),
      fc.integer({ min: 1, max: 100 }),
      async (s, troubles, count) => {
        const waiting = [...troubles];
        const queue = new SimulatedQueue(
          (what) => s.schedule(Promise.resolve(), what),
          () => waiting.shift() ?? 'none',
          scoresOf,
        );
        const scorer = scorerOf(queue);
        const inputs = Array.from({ length: count }, (_, i) => String(i + 1));
        const asked = scorer.labelScores({
          template: parseTemplate('{input} {prompt}', { family: 'causal' }),
          prompts: ['It is'],
          inputs,
          labels: [word('bad'), word('good')],
          rows: inputs.map((_, i) => [0, i] as const),
          normalise: 'none',
        });
        const scores = await s.waitFor(asked);
        expect([...scores]).toEqual(inputs.flatMap((input) => [Number(input), -Number(input)]));
        expect(scorer.usage()).toMatchObject({ rows: count, inFlight: 0 });
        if (queue.computedRows > count) retried += 1;
      },
    ),
    { numRuns: SCHEDULES, seed: 19 },
  );
  // The troubles were real: many a schedule had rows computed more than once.
  expect(retried).toBeGreaterThan(SCHEDULES / 10);
  tell(context, { schedules: SCHEDULES });
});
