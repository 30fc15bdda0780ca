import { describe, expect, it } from 'vitest';
import { readRunReport } from '../../../src/report/run-report.js';
import { renderBestPrompt } from '../../../src/report/sections/best-prompt.js';
import { makeReportRun } from '../report-run.js';

describe('the best prompt on the page', () => {
  const run = readRunReport(makeReportRun());

  it('names the words of the task where the answers are read by them', () => {
    expect(renderBestPrompt(run).source).toContain('the answers are <b>ham</b> as');
  });

  it('speaks of no template and no target LM where a reward of its own judges, and writes minus signs', () => {
    const { start, prompts } = run;
    const page = renderBestPrompt(run).source;
    expect(page).toContain('Used as <code>');
    expect(page).toContain('rows through the target LM');
    const custom = { ...run, start: { ...start, kind: 'custom' } };
    const [best, ...others] = prompts;
    const worse = { ...best, dev: { [start.metric]: -0.5 } };
    const own = renderBestPrompt({ ...custom, prompts: [worse, ...others] }).source;
    expect(own).not.toContain('Used as');
    expect(own).toContain('rows that the reward judged');
    expect(own).toContain('<strong>−0.500</strong>');
  });

  it('names the words that were found, all of them, and the labelled rows before each input', () => {
    const [best, ...others] = run.prompts;
    const words = ['free', 'offer', 'win', 'cash', 'now', 'gift', 'prize', 'deal', 'click', '<b>'];
    const reading = {
      words: [
        { label: 'ham', words: ['list'] },
        { label: 'spam', words },
      ],
      demonstrations: [{ text: 'Win <i>now</i>', label: 'spam', word: 'free' }],
    };
    const page = renderBestPrompt({ ...run, prompts: [{ ...best, reading }, ...others] }).source;
    expect(page).toContain('<li><b>ham</b>: list</li>');
    expect(page).toContain(
      '<b>spam</b>: free, offer, win, cash, now, gift, prize, deal<details><summary>2 more</summary>click, &lt;b&gt;',
    );
    expect(page).toContain('<li>Win &lt;i&gt;now&lt;/i&gt; <b>free</b></li>');
    expect(page).not.toContain('the answers are');
  });
});
