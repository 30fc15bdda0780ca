/**
 * What runs had found when: `node --import jiti/register bench/reward-curves.ts RUN…` reads the logs of run folders and prints JSON. Forwards
 * are input rows that went through the target LM, cache hits not counted; `mean` is the mean raw reward of the proposals of the last 50 steps,
 * `highest` the highest reward of a prompt so far, both on the train examples.
 */
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readEvents } from '../src/run/store/logs/event-log.js';
import { mean } from '../src/statistics/mean.js';
import { round } from './machine.js';

const WINDOW = 50;
const POINTS = 60;

interface CurvePoint {
  readonly step: number;
  readonly forwards: number;
  readonly mean: number;
  readonly highest: number;
}

function curveOf(runDir: string): CurvePoint[] {
  const points: CurvePoint[] = [];
  const means: number[] = [];
  let highest = Number.NEGATIVE_INFINITY;
  for (const event of readEvents(runDir)) {
    if (event.type !== 'step-end') continue;
    means.push(event.rewardMean);
    highest = Math.max(highest, event.rewardMax);
    const { step, forwards } = event;
    points.push({ step, forwards, mean: round(mean(means.slice(-WINDOW)), 2), highest: round(highest, 2) });
  }
  const stride = Math.max(1, Math.ceil(points.length / POINTS));
  return points.filter((_, i) => (i + 1) % stride === 0 || i === points.length - 1);
}

const { positionals } = parseArgs({ allowPositionals: true });
const curves = positionals.map((runDir) => ({ run: basename(runDir), points: curveOf(resolve(runDir)) }));
process.stdout.write(`${JSON.stringify({ window: WINDOW, curves }, null, 1)}\n`);
