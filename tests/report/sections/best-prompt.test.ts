import { describe, expect, it } from 'vitest';
import { readRunReport } from '../../../src/report/run-report.js';
import { renderBestPrompt } from '../../../src/report/sections/best-prompt.js';
import { makeReportRun } from '../report-run.js';

describe('the best prompt on the page', () => {
  const run = readRunReport(makeReportRun());

  it('names the words of the task where the answers are read by them', () => {
    expect(renderBestPrompt(run).source).toContain('the answers are <b>ham</b> as');
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
