import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../src/report/page/page.js';
import { readRunReport } from '../../../src/report/run-report.js';
import { makeReportRun } from '../report-run.js';

const HOSTILE = `</script><script>window.pwned=1</script><img src=x onerror="window.pwned=1">'"\`\${1}&lt;`;

function elements(page: string, name: string): string[] {
  return [...page.matchAll(new RegExp(`<${name}(?: [^>]*)?>(.*?)</${name}>`, 'gs'))].map((match) => match[1]!);
}

describe('a report', () => {
  const run = readRunReport(makeReportRun());
  const page = renderReport([run]);

  it('allows its own script and style only, by hash', () => {
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const policy = page.match(/http-equiv="Content-Security-Policy" content="([^"]*)"/)![1]!;
    const [, script] = elements(page, 'script');
    expect(policy).toContain(`script-src ${hash(script!)}`);
    expect(policy).toContain(`style-src ${hash(elements(page, 'style')[0]!)}`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });

  it('names no other address', () => {
    const outside = [...page.matchAll(/(?:src|href)="([^"]*)"|url\(([^)]*)\)/g)].map((match) => match[1] ?? match[2]);
    expect(outside.filter((address) => !/^(#|data:,)/.test(address!))).toEqual([]);
  });

  it('has a title, a language, a caption for every table and a heading for every part', () => {
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<title>spam: a prompt for mail-gpt-4m</title>');
    expect(elements(page, 'table').every((table) => table.trimStart().startsWith('<caption>'))).toBe(true);
    expect(elements(page, 'h3')).toEqual([
      'Against the baselines',
      'Course of the run',
      'Top prompts',
      'By label',
      'Warnings',
      'Configuration',
    ]);
  });

  it('shows scores, costs, settings and hashes', () => {
    const texts = [
      'Offer: more information on',
      '0.860',
      '60,612',
      '+0.117 over the best hand-written prompt',
      'learningRate',
    ];
    for (const text of [...texts, '1f78b3e278ab502965fe5a9ff6497952b7983338a1aacd140e2aa86b073a9bce']) {
      expect(page).toContain(text);
    }
  });

  it('says in words when the run started and why it ended', () => {
    expect(page).toContain('<li>started 20');
    expect(page).toContain('<li>stopped at the step limit</li>');
    expect(renderReport([{ ...run, result: { ...run.result!, stopReason: 'minutes' } }])).toContain(
      '<li>stopped at the time limit</li>',
    );
  });

  it('says below of a prompt that is worse than a baseline, without the colour of a gain', () => {
    const worse = { ...run.result!, best: { ...run.result!.best, test: { accuracy: 0.5, n: 350 } } };
    const shown = renderReport([{ ...run, result: worse }]);
    expect(shown).toContain('<span class="lag">0.243 below the best hand-written prompt</span>');
    expect(shown).not.toContain('class="gain"');
  });

  it('shows what was found where no prompt is the result, which it does not compare with itself', () => {
    const { result, prompts } = run;
    const found = { prompt: 'a found one', dev: { accuracy: 0.71 }, test: { accuracy: 0.731 } };
    const best = { ...result!.best, prompt: '' };
    const first = { ...prompts[0], text: '', origin: 'empty' as const };
    const shown = renderReport([
      { ...run, prompts: [first, ...prompts.slice(1)], result: { ...result!, best, found } },
    ]);
    expect(shown).toMatch(/a found one.*<td>found<\/td><td class="number">0\.710<\/td><td class="number">0\.731<\/td>/);
    expect(shown).not.toContain(' no prompt</span>');
    expect(shown).not.toContain('data-copy=""');
  });

  it('gives a difference the colour of a gain only where the verdict tells it from chance', () => {
    const { result } = run;
    const verdict = {
      better: 'yes',
      baseline: '',
      difference: 0.1,
      interval: [0.05, 0.15],
      measure: 'accuracy',
      n: 350,
      sentence: 'Yes.',
    } as const;
    const gains = (better: 'yes' | 'cannot-tell') =>
      renderReport([{ ...run, result: { ...result!, verdict: { ...verdict, better } } }]).match(/class="gain"/g);
    expect(gains('yes')).toHaveLength(2);
    expect(gains('cannot-tell')).toBeNull();
  });

  it('heads every column, and leaves out the loss of a run that has none', () => {
    expect(page).toContain('Test accuracy, 0 to 1');
    expect(page.match(/data-chart="[^"]*-loss"/g)).toHaveLength(1);
    const lossless = { ...run, steps: run.steps.map((step) => ({ ...step, loss: Number.NaN })) };
    expect(renderReport([lossless])).not.toMatch(/data-chart="[^"]*-loss"/);
  });

  it('leaves out what an unfinished run does not know', () => {
    const open = renderReport([readRunReport(makeReportRun({ isFinished: false }))]);
    expect(open).toContain('Best prompt so far');
    expect(open).toContain('not finished');
    expect(elements(open, 'h3')).not.toContain('By label');
    expect(open).not.toContain('Test accuracy');
  });

  it('sets several runs side by side', () => {
    const two = renderReport([run, readRunReport(makeReportRun({ seed: 1 }))]);
    expect(two).toContain('<h1>2 runs on spam</h1>');
    expect(two.match(/data-chart="all-/g)).toHaveLength(4);
    expect(two.match(/data-chart="run-2-/g)).toHaveLength(4);
  });

  it('shows a transfer matrix with the best cell of a column shaded most', () => {
    const cell = (accuracy: number) => ({ metrics: { accuracy }, reward: 0 });
    const transfer = {
      schemaVersion: 1,
      split: 'test',
      rows: [
        { prompt: 'p', origin: 'found' },
        { prompt: '', origin: 'empty' },
      ],
      columns: [{ task: 'spam', targetLm: 'other', n: 350 }],
      cells: [[cell(0.5)], [cell(0.75)]],
    } as const;
    const shown = renderReport([run], { transfer });
    expect(shown).toMatch(/heat-0">0\.500.*heat-10">0\.750/s);
  });

  it('carries no markup that a prompt, a label or a warning brings', () => {
    const hostile = renderReport([readRunReport(makeReportRun({ hostile: HOSTILE }))]);
    expect(hostile).not.toContain('<img');
    expect(elements(hostile, 'script')).toHaveLength(2);
    expect(hostile).toContain('&lt;/script&gt;&lt;script&gt;window.pwned=1');
  });
});
