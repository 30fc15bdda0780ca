import { relative, resolve } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { Figures } from './figures.js';
import { SUITES } from './suites.js';

const ROOT = resolve(import.meta.dirname, '../../..');

/** What figures are called in the lines of the report. */
const NAMES: Readonly<Record<keyof Figures, string>> = {
  kills: 'kills survived',
  faults: 'faults injected',
  cuts: 'power cuts survived',
  badInputs: 'bad inputs of 117',
  rewardsLost: 'acknowledged rewards lost',
  schedules: 'schedules of a queue, each score counted once',
  signals: 'signals in a terminal',
  stops: 'stops resumed to the same bits',
  protections: 'protections missed when taken away',
  cases: 'random files read or refused by name',
  texts: 'hostile texts',
  escapes: 'escapes',
  placesSearched: 'files and outputs searched',
  secrets: 'secrets',
};

type Sum = Partial<Record<keyof Figures, number>>;

/** One line per suite of faults with its figures, and their sums at the end. */
export default class FaultReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const total: Sum = {};
    let testCount = 0;
    let failedCount = 0;
    for (const [suite, files] of Object.entries(SUITES)) {
      const own = modules.filter(({ moduleId }) => files.includes(relative(ROOT, moduleId).replaceAll('\\', '/')));
      if (own.length === 0) continue;
      const tests = own.flatMap((module) => [...module.children.allTests()]);
      const count = (state: string) => tests.filter((test) => test.result().state === state).length;
      const failed =
        count('failed') + own.filter((module) => module.state() === 'failed' && count('failed') === 0).length;
      const sum = sumOf(tests);
      add(total, sum);
      testCount += count('passed');
      failedCount += failed;
      const seconds = own.reduce((all, module) => all + module.diagnostic().duration, 0) / 1000;
      const skipped = count('skipped') > 0 ? `, ${count('skipped')} skipped` : '';
      const said = [`${count('passed')} tests passed, ${failed} failed${skipped}`, ...inWords(sum)].join(' · ');
      process.stdout.write(`faults  ${suite}: ${said} · ${seconds.toFixed(1)} s\n`);
    }
    const said = [`${testCount} tests passed, ${failedCount} failed`, ...inWords(total)].join(' · ');
    process.stdout.write(`faults  sum: ${said}\n`);
  }
}

function sumOf(tests: readonly TestCase[]): Sum {
  const sum: Sum = {};
  for (const test of tests) add(sum, test.meta().figures ?? {});
  return sum;
}

function add(sum: Sum, more: Sum): void {
  for (const [name, value] of Object.entries(more))
    sum[name as keyof Figures] = (sum[name as keyof Figures] ?? 0) + value;
}

function inWords(sum: Sum): string[] {
  return Object.entries(sum).map(([name, value]) => `${value} ${NAMES[name as keyof Figures]}`);
}
