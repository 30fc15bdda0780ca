import type { PlannedRun } from '../../plan.js';
import type { Range } from '../../run/plan/range.js';
import { LATENCY } from '../../run/plan/run-plan.js';
import { formatCost, formatCount, formatDuration, formatRange } from '../../ui/format-values.js';
import { formatTable } from '../output/format-table.js';

/** A plan as a person reads it. */
export function planText(plan: PlannedRun): string {
  const { task, target, steps, promptsPerStep, examples, rows, forwards, service, seconds, rowsPerSecond } = plan;
  const [train, dev, test] = [examples.train, examples.dev, examples.test].map(formatCount);
  const counted = (range: Range): string => formatRange(range, formatCount);
  const parts: [name: string, rows: Range][] = [
    ['choosing how answers are read', rows.reading],
    ['baselines', rows.baselines],
    [`${formatCount(steps)} steps of ${promptsPerStep} prompts`, rows.steps],
    ['evaluations on dev', rows.evaluations],
    ['final scores on dev and test', rows.final],
    ['forwards', forwards],
  ];
  const asked: [name: string, value: string][] = service
    ? [
        ['requests', counted(service.requests)],
        ['tokens read', counted(service.read)],
        ['tokens written', counted(service.written)],
        ['cost', service.cost ? formatRange(service.cost, formatCost) : 'unknown: --price READ,WRITTEN'],
      ]
    : [];
  const time = seconds ? [['time', `${formatRange(seconds, formatDuration)}${basis(plan)}`]] : [];
  const speed = rowsPerSecond === undefined ? [] : [['measured here', `${formatCount(rowsPerSecond)} rows per second`]];
  const table = [
    ...parts.filter(([, range]) => range.high > 0).map(([name, range]) => [name, counted(range)]),
    ...asked,
    ...speed,
    ...time,
  ];
  const head = `${task} with ${target}: ${train} train, ${dev} dev, ${test} test examples; nothing was ${service ? 'sent' : 'run'}\n\n`;
  const notes = plan.notes.map((note) => `\n${note}`).join('');
  return `${head}${formatTable(table)}${notes}${notes === '' ? '' : '\n'}`;
}

function basis({ service }: PlannedRun): string {
  return service ? `, if the service takes ${formatRange(LATENCY, String)} s per request` : '';
}
