import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ActPlan, createActFolder } from '../../src/acting/act-folder.js';
import { readActRecord } from '../../src/acting/act-record.js';
import { renderActReport } from '../../src/acting/act-report.js';
import { writeCheckpoint } from '../../src/run/checkpoint/checkpoint.js';

const base = mkdtempSync(join(tmpdir(), 'rlprompt-act-report-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const PLAN: ActPlan = {
  schemaVersion: 2,
  environment: 'kitchen',
  environmentDigest: 'e',
  model: 'mail-gpt-4m',
  modelDigest: 'm',
  learner: 'ppo',
  seed: 7,
  updates: 20,
  episodes: 8,
  learningRate: 3e-3,
  timeout: 20,
};
const CURVE = [
  { update: 1, meanReturn: -0.5, entropy: 1.2, criticLoss: 0.4 },
  { update: 2, meanReturn: 0.25, entropy: 0.9, criticLoss: 0.2 },
];
const MEASURED = { episodes: 4, meanReturn: 0.625, meanSteps: 6, best: 0.75 };

function folder(name: string, learner: ActPlan['learner'] = 'ppo'): string {
  const path = join(base, name);
  createActFolder(path, { ...PLAN, learner }, new Date(0)).close();
  return path;
}

interface DrawnChart {
  readonly series: readonly { readonly name: string; readonly points: unknown }[];
}

const chartsOf = (page: string): DrawnChart[] => JSON.parse(/id="charts">(.*?)<\/script>/.exec(page)?.[1] ?? '[]');

describe('the page about learning to act', () => {
  it('shows the curves of each folder, and how each acts in the end', () => {
    const [ended, open] = [folder('ended'), folder('open')];
    for (const path of [ended, open]) writeCheckpoint(path, { step: 2, json: { curve: CURVE }, arrays: {} });
    const test = { ...MEASURED, meanReturn: -0.125, best: undefined };
    writeFileSync(join(ended, 'result.json'), JSON.stringify({ schemaVersion: 1, train: MEASURED, test }));
    const page = renderActReport([ended, open].map(readActRecord));
    expect(page).toContain('<h1>Learning to act: kitchen</h1>');
    expect(page.match(/2 of 20/g)).toHaveLength(2);
    expect(page).toContain('<td class="number">0.625</td><td class="number">75 %</td>');
    expect(page).toContain('<td class="number">−0.125</td><td class="number">–</td>');
    const points = chartsOf(page).map(({ series }) => series.map((one) => one.points));
    const curve = (number: 'meanReturn' | 'entropy' | 'criticLoss') => CURVE.map((one) => [one.update, one[number]]);
    expect(points).toEqual([
      [curve('meanReturn'), curve('meanReturn')],
      [curve('entropy'), curve('entropy')],
      [curve('criticLoss'), curve('criticLoss')],
    ]);
  });

  it('says who learned, and has no curve of a critic where nobody has one', () => {
    const [searched, drawn] = [folder('searched', 'mcts'), folder('drawn')].map(readActRecord);
    expect(renderActReport([searched!])).not.toContain('Error of the critic');
    const both = renderActReport([searched!, { ...drawn!, curve: CURVE }]);
    expect(both).toContain('Error of the critic');
    expect(both).toMatch(/<td>mcts<\/td>[\s\S]*<td>ppo<\/td>/);
  });

  it('draws what is remembered, where a memory learned', () => {
    const [remembering, trained] = [folder('remembering', 'memory'), folder('trained')].map(readActRecord);
    expect(renderActReport([trained!])).not.toContain('Situations that are remembered.');
    const curve = [{ update: 1, meanReturn: 0, entropy: 0.1, remembered: 24 }];
    const page = renderActReport([{ ...remembering!, curve }]);
    expect(page).toContain('Situations that are remembered.');
    expect(page).toContain('"points":[[1,24]]');
  });

  it('has whole numbers of updates on its axis', () => {
    const record = { ...readActRecord(folder('short')), curve: CURVE };
    const axis = /<svg class="x-axis".*?<\/svg>/s.exec(renderActReport([record]))?.[0];
    expect(axis?.match(/(?<=>)[\d.]+(?=<\/text>)/g)).toEqual(['1', '2']);
  });

  it('is about one environment: returns of two are no measure of each other', () => {
    const [here, there] = [folder('here'), folder('there')].map(readActRecord);
    const plan = { ...PLAN, environment: './door.mjs' };
    expect(renderActReport([here!, { ...there!, plan }])).toContain('./door.mjs');
    const other = { ...there!, plan: { ...plan, environmentDigest: 'other' } };
    expect(() => renderActReport([here!, other])).toThrow(
      expect.objectContaining({
        code: 'E_USAGE',
        message: `${here!.path} is about the environment kitchen, ${there!.path} about ./door.mjs: their returns cannot be compared`,
      }),
    );
  });

  it('is made before the first checkpoint, too', () => {
    const record = readActRecord(folder('new'));
    expect(record).toMatchObject({ curve: [], result: undefined });
    const page = renderActReport([record]);
    expect(page).toContain('0 of 20');
    expect(page).toContain('No update was saved yet');
    expect(page).not.toContain('<figure');
    expect(chartsOf(page)).toEqual([]);
  });

  it('names in a legend only what is drawn', () => {
    const [begun, searched, fresh] = [folder('begun'), folder('found', 'mcts'), folder('fresh')].map(readActRecord);
    const withoutCritic = CURVE.map(({ criticLoss: _, ...point }) => point);
    const page = renderActReport([{ ...searched!, curve: withoutCritic }, { ...begun!, curve: CURVE }, fresh!]);
    const names = chartsOf(page).map(({ series }) => series.map(({ name }) => name));
    const both = [searched!.path, begun!.path];
    expect(names).toEqual([both, both, [begun!.path]]);
  });

  it('names a result that is damaged', () => {
    const path = folder('damaged');
    writeFileSync(join(path, 'result.json'), '{');
    expect(() => readActRecord(path)).toThrow(
      expect.objectContaining({ code: 'E_MANIFEST', message: expect.stringContaining('result.json cannot be read') }),
    );
  });
});
