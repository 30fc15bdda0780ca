import { expect, it } from 'vitest';
import { progressOf, watchRows } from '../../../src/cli/output/rows-progress.js';
import { FakeClock } from '../../ui/fake-terminal.js';

function listener(isTTY: boolean) {
  const written: string[] = [];
  const stderr = { isTTY, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  return { context: { stderr }, written };
}

it('rows that are done are told on a terminal, on a line that whatever follows writes over', () => {
  const { context, written } = listener(true);
  const report = progressOf(5000, context);
  report(1000);
  report(5000);
  expect(written[0]).toMatch(/^1,000 of 5,000 rows, 0:0\d left\x1b\[K\r$/);
  expect(written[1]).toBe('5,000 of 5,000 rows\x1b[K\n');
  progressOf(5, context)(5);
  expect(written).toHaveLength(2);
});

it('without a terminal they are told once in half a minute', () => {
  const { context, written } = listener(false);
  const clock = new FakeClock();
  const report = progressOf(5000, context, clock);
  for (let done = 50; done <= 5000; done += 50) {
    clock.advance(1000);
    report(done);
  }
  expect(written).toEqual([
    '1,500 of 5,000 rows, 1:10 left\n',
    '3,000 of 5,000 rows, 0:40 left\n',
    '4,500 of 5,000 rows, 0:10 left\n',
  ]);
});

it('rows that are watched are told every second until they end, and not where they are done at once', () => {
  const { context, written } = listener(true);
  const clock = new FakeClock();
  let done = 0;
  const end = watchRows({ done: () => done, most: 200 }, context, clock);
  clock.advance(1000);
  for (done = 40; done <= 120; done += 40) clock.advance(1000);
  end();
  clock.advance(5000);
  expect(written.map((line) => line.replace(/\x1b\[K[\r\n]/, ''))).toEqual([
    '200 rows under way for 0:01',
    '40 of 200 rows, 0:08 left',
    '80 of 200 rows, 0:05 left',
    '120 of 200 rows, 0:03 left',
    '200 of 200 rows',
  ]);
  const quick = listener(true);
  watchRows({ done: () => 0, most: 200 }, quick.context, clock)();
  expect(quick.written).toEqual([]);
});
