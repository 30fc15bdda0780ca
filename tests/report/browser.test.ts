import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/page/page.js';
import { readRunReport } from '../../src/report/run-report.js';
import { makeReportRun } from './report-run.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const chromium = process.env.RLPROMPT_CHROMIUM ?? CHROMIUM.find((path) => existsSync(path));
const why = chromium ? '' : ' (skipped: no Chromium here; name one in RLPROMPT_CHROMIUM)';

const HOSTILE = `</script><script>window.pwned=1</script><img src=x onerror="window.pwned=1"><svg onload=window.pwned=1>`;

describe.skipIf(!chromium)(`a report in Chromium${why}`, { timeout: 60_000 }, () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'rlprompt-browser-'));

  beforeAll(async () => {
    const { launch } = await import('puppeteer-core');
    browser = await launch({ executablePath: chromium!, args: ['--no-sandbox', '--disable-gpu'] });
  }, 60_000);
  afterAll(() => browser?.close());

  interface Opened {
    readonly page: Page;
    /** Errors and requests beyond the page's own. */
    readonly noise: string[];
  }

  async function open(html: string, { width = 1280, dark = false, script = true } = {}): Promise<Opened> {
    const file = join(folder, 'report.html');
    writeFileSync(file, html);
    const page = await browser.newPage();
    const noise: string[] = [];
    page.on('console', (message) => noise.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => noise.push(`error: ${String(error)}`));
    page.on('request', (request) => {
      if (request.url() !== `file://${file}` && request.url() !== 'data:,') noise.push(`request: ${request.url()}`);
    });
    await page.setJavaScriptEnabled(script);
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]);
    await page.goto(`file://${file}`);
    return { page, noise };
  }

  const one = () => renderReport([readRunReport(makeReportRun())]);

  const evaluate = <T>(page: Page, expression: string) => page.evaluate(expression) as Promise<T>;
  const xLabels = (page: Page, chart: string) =>
    evaluate<string[]>(
      page,
      `[...document.querySelectorAll('[data-chart="${chart}"] .x-axis text')].map((t) => t.textContent)`,
    );

  it('draws every curve without an error or a request', async () => {
    const { page, noise } = await open(one());
    const sizes = await evaluate<number[][]>(
      page,
      `[...document.querySelectorAll('.curves path.line, .curves path.dots')].map((p) => p.getBoundingClientRect()).map((b) => [b.width, b.height])`,
    );
    expect(sizes.length).toBe(6);
    for (const [width, height] of sizes) {
      expect(width).toBeGreaterThan(300);
      expect(height).toBeGreaterThan(20);
    }
    expect(noise).toEqual([]);
    await page.close();
  });

  it('draws a curve for each objective of the reward, and says how its weight was changed', async () => {
    const { page, noise } = await open(renderReport([readRunReport(makeReportRun({ hasObjectives: true }))]));
    const drawn = await evaluate<[string, string, number][]>(
      page,
      `['run-1-objective-1', 'run-1-objective-2'].map((id) => document.querySelector('[data-chart="' + id + '"]')).map((chart) => [
        chart.querySelector('h4').textContent,
        chart.querySelector('figcaption p').textContent,
        chart.querySelector('.curves path.line').getBoundingClientRect().width,
      ])`,
    );
    expect(drawn.map(([title]) => title)).toEqual(['Objective: task', 'Objective: fluency']);
    expect(drawn[0]![1]).toBe('Mean over each step’s prompts, in its own unit. Weight 1.');
    expect(drawn[1]![1]).toBe('Mean over each step’s prompts, in its own unit. Weight 0.5, 2 after step 100.');
    for (const [, , width] of drawn) expect(width).toBeGreaterThan(300);
    expect(noise).toEqual([]);
    await page.close();
  });

  it('shows the charts, with axes, where scripts are off', async () => {
    const { page } = await open(one(), { script: false });
    await page.setJavaScriptEnabled(true);
    expect(await xLabels(page, 'run-1-reward')).toEqual(['0', '50', '100', '150', '200']);
    await page.close();
  });

  it('runs nothing that a prompt, a label or a warning brings', async () => {
    const { page, noise } = await open(renderReport([readRunReport(makeReportRun({ hostile: HOSTILE }))]));
    expect(await evaluate(page, 'window.pwned')).toBeUndefined();
    expect(await evaluate(page, `document.querySelector('.prompt code').textContent`)).toBe(HOSTILE);
    expect(await evaluate(page, `document.images.length`)).toBe(0);
    expect(noise).toEqual([]);
    await page.close();
  });

  it('refuses a script that got into the page all the same', async () => {
    const { page, noise } = await open(one().replace('<main>', '<main><script>window.pwned=1</script>'));
    expect(await evaluate(page, 'window.pwned')).toBeUndefined();
    expect(noise.join()).toContain('Content Security Policy');
    await page.close();
  });

  it('zooms all charts of a run where one is dragged over, and back again by a double click', async () => {
    const { page, noise } = await open(one());
    const plot = (await page.$('[data-chart="run-1-reward"] .plot'))!;
    await plot.scrollIntoView();
    const box = (await plot.boundingBox())!;
    await page.mouse.move(box.x + 0.49 * box.width, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.75 * box.width, box.y + 30, { steps: 4 });
    await page.mouse.up();
    expect(await xLabels(page, 'run-1-reward')).toEqual(['100', '110', '120', '130', '140', '150']);
    expect(await xLabels(page, 'run-1-loss')).toEqual(['100', '110', '120', '130', '140', '150']);
    await page.mouse.click(box.x + 20, box.y + 20, { count: 2 });
    expect(await xLabels(page, 'run-1-loss')).toEqual(['0', '50', '100', '150', '200']);
    expect(noise).toEqual([]);
    await page.close();
  });

  it('can be zoomed and read by the keyboard alone', async () => {
    const { page } = await open(one());
    await page.focus('[data-chart="run-1-reward"] .plot');
    await page.keyboard.press('ArrowRight');
    const readout = `document.querySelector('[data-chart="run-1-reward"] output').textContent`;
    expect(await evaluate(page, readout)).toMatch(/^step 10\d · mean .* · best of the step /);
    await page.keyboard.press('+');
    expect(await xLabels(page, 'run-1-reward')).toEqual(['60', '80', '100', '120', '140']);
    await page.keyboard.press('Escape');
    expect(await xLabels(page, 'run-1-reward')).toEqual(['0', '50', '100', '150', '200']);
    await page.close();
  });

  it('is dark where the reader’s system is, and changes at a click', async () => {
    const { page } = await open(one(), { dark: true });
    const brightness = `getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0)`;
    expect(await evaluate(page, brightness)).toBeLessThan(150);
    await page.click('#theme');
    expect(await evaluate(page, brightness)).toBeGreaterThan(600);
    await page.close();
  });

  it.each([390, 1280])('does not scroll sideways at a width of %d', async (width) => {
    const several = [makeReportRun(), makeReportRun({ seed: 1, hostile: 'x'.repeat(300) })] as const;
    const { page } = await open(renderReport([readRunReport(several[0]), readRunReport(several[1])]), { width });
    expect(await evaluate(page, 'document.documentElement.scrollWidth')).toBe(width);
    await page.close();
  });

  it.each([false, true])('has text that stands out from what is behind it (dark: %s)', async (dark) => {
    const { page } = await open(one(), { dark });
    const contrasts = await evaluate<[string, number][]>(page, CONTRASTS);
    expect(contrasts.length).toBeGreaterThan(100);
    expect(contrasts.filter(([, contrast]) => contrast < 4.5)).toEqual([]);
    await page.close();
  });

  it('prints light and without buttons, dark as the screen may be', async () => {
    const { page } = await open(one(), { dark: true });
    await page.emulateMediaType('print');
    expect(await evaluate(page, 'getComputedStyle(document.documentElement).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    );
    expect(await evaluate(page, `getComputedStyle(document.querySelector('.tools')).display`)).toBe('none');
    const pdf = Buffer.from(await page.pdf({ format: 'A4' }));
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await page.close();
  });
});

/** In the page: every element with text of its own, and its contrast (WCAG 2.2, 1.4.3) with the nearest background. */
const CONTRASTS = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const over = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => rgb.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const backgrounds = (node) => node ? [...backgrounds(node.parentElement), getComputedStyle(node).backgroundColor] : [];
  return [...document.body.querySelectorAll('*')].flatMap((node) => {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility() || node.tagName === 'SCRIPT') return [];
    const style = getComputedStyle(node);
    const behind = backgrounds(node);
    const ink = node instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [light(over([...behind, ink])), light(over(behind))].sort((x, y) => y - x);
    return [[node.tagName + ' ' + node.textContent.slice(0, 40), (a + 0.05) / (b + 0.05)]];
  });
})()`;
