import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Reporter } from '../../../src/events.js';
import { wantsColour } from '../../../src/ui/draw/palette.js';
import { chooseReporter, isInteractive, type UiName } from '../../../src/ui/reporters/choose-reporter.js';
import { createFallbackReporter } from '../../../src/ui/reporters/fallback-reporter.js';
import { FakeClock, FakeKeyboard, FakeTerminal } from '../fake-terminal.js';
import { spamRun } from '../fixtures/spam-run.js';

async function written(
  ui: UiName | undefined,
  env: Record<string, string>,
  terminal = new FakeTerminal(80, 24),
): Promise<string> {
  const clock = new FakeClock();
  const reporter = await chooseReporter({
    ui,
    stderr: terminal,
    stdin: new FakeKeyboard(),
    env,
    onForceQuit: () => {},
    clock,
  });
  for (const event of spamRun(20)) reporter.report(event);
  await reporter.close();
  return terminal.all;
}

describe('chooseReporter', () => {
  it('draws the screen on an interactive terminal', async () => {
    expect(await written(undefined, {})).toContain('\u001B[?25l');
  });

  it('writes plain lines in a CI, on a dumb terminal and into a file', async () => {
    const start = /^spam \(classification\): generator mail-4m, target mail-4m/;
    const colourless = { NO_COLOR: '1' };
    expect(await written(undefined, { ...colourless, CI: 'true' })).toMatch(start);
    expect(await written(undefined, { ...colourless, TERM: 'dumb' })).toMatch(start);
    expect(await written('ink', { CI: 'true' })).toContain('\u001B[?25l');
    const file = Object.assign(new FakeTerminal(80, 24), { isTTY: false });
    expect(await written(undefined, {}, file)).toMatch(start);
  });

  it('says why it does not draw where a screen was asked for', async () => {
    const file = Object.assign(new FakeTerminal(80, 24), { isTTY: false });
    expect(await written('ink', {}, file)).toMatch(
      /^rlprompt: --ui ink needs a terminal on stderr; showing plain lines\nspam/,
    );
  });

  it('writes events or nothing when told so', async () => {
    expect(JSON.parse((await written('json', {})).split('\n')[0]!)).toEqual(spamRun(20)[0]);
    expect(await written('none', {})).toBe('');
  });

  it('needs both keyboard and screen to call a terminal interactive', () => {
    const terminal = new FakeTerminal(80, 24);
    expect(isInteractive({ stderr: terminal, stdin: { isTTY: true }, env: { CI: 'false' } })).toBe(true);
    expect(isInteractive({ stderr: terminal, stdin: {}, env: {} })).toBe(false);
  });

  it('draws without keys where the keyboard is a pipe', async () => {
    const terminal = new FakeTerminal(80, 24);
    const reporter = await chooseReporter({
      ui: 'ink',
      stderr: terminal,
      stdin: Object.assign(new FakeKeyboard(), { isTTY: false }),
      env: {},
      onForceQuit: () => {},
      clock: new FakeClock(),
    });
    await reporter.close();
    expect(terminal.all).toContain('rlprompt');
  });
});

describe('a display that breaks', () => {
  const note = (seen: string[]): Reporter => ({
    report: (event) => seen.push(event.type),
    close: () => Promise.resolve(),
  });

  it('is replaced at the event that broke it, and the run hears nothing', async () => {
    const seen: string[] = [];
    const broken: Reporter = {
      report(event) {
        if (event.type === 'step-end') throw new Error('no more');
      },
      close: () => Promise.reject(new Error('not even that')),
    };
    const reporter = createFallbackReporter(
      () => broken,
      () => note(seen),
    );
    for (const event of spamRun(2)) reporter.report(event);
    await reporter.close();
    expect(seen).toEqual(['step-end', 'step-end']);
  });

  it('is replaced when it fails by itself, or cannot even be made', async () => {
    const seen: string[] = [];
    let fail: (error: unknown) => void = () => {};
    const first = (onFailure: typeof fail): Reporter => {
      fail = onFailure;
      return note([]);
    };
    const reporter = createFallbackReporter(first, () => note(seen));
    fail(new Error('a component threw'));
    reporter.report(spamRun(0)[0]!);
    expect(seen).toEqual(['run-start']);
    const unmade = createFallbackReporter(
      () => {
        throw new Error('no terminal');
      },
      () => note(seen),
    );
    unmade.report(spamRun(0)[0]!);
    expect(seen).toEqual(['run-start', 'run-start']);
  });

  it('falls back from the screen to plain lines when drawing fails', async () => {
    const terminal = new FakeTerminal(80, 24);
    const clock = new FakeClock();
    const reporter = await chooseReporter({
      ui: 'ink',
      stderr: terminal,
      stdin: new FakeKeyboard(),
      env: { NO_COLOR: '1' },
      onForceQuit: () => {},
      clock,
    });
    for (const event of spamRun(3)) reporter.report(event);
    Object.defineProperty(terminal, 'columns', {
      get() {
        throw new Error('the terminal is gone');
      },
    });
    clock.advance(1000);
    reporter.report({ type: 'warning', code: 'W', message: 'still here', seq: 2 });
    await reporter.close();
    expect(terminal.all).toContain('the screen failed (the terminal is gone); continuing in plain lines');
    expect(terminal.all).toContain('warning: still here');
  });
});

describe('colour', () => {
  it('follows FORCE_COLOR, then NO_COLOR, then the terminal', () => {
    const [terminal, file] = [{ isTTY: true }, { isTTY: false }];
    expect(wantsColour(terminal, {})).toBe(true);
    expect(wantsColour(file, {})).toBe(false);
    expect(wantsColour(terminal, { TERM: 'dumb' })).toBe(false);
    expect(wantsColour(terminal, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour(terminal, { NO_COLOR: '' })).toBe(true);
    expect(wantsColour(file, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(true);
    expect(wantsColour(terminal, { FORCE_COLOR: '0' })).toBe(false);
  });
});

describe('the sources of the screen', () => {
  it('hand text to Ink in one place only, and load Ink and React only where the screen is drawn', () => {
    const folder = new URL('../../../src/ui/', import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
    const imports = (name: string): string[] =>
      [
        ...readFileSync(new URL(name, folder), 'utf8').matchAll(
          /^(?:import|export)[^;]*? from '([^']+)'|import\('([^']+)'\)/gm,
        ),
      ].map((match) => match[1] ?? match[2]!);
    const drawing = files.filter((name) =>
      /import \{[^}]*\bText\b[^}]*\} from 'ink'/.test(readFileSync(new URL(name, folder), 'utf8')),
    );
    expect(drawing).toEqual(['ink/parts/line.tsx']);
    const eager = files.filter(
      (name) => !name.startsWith('ink/') && imports(name).some((path) => /^(?:ink|react)$/.test(path)),
    );
    expect(eager).toEqual([]);
  });
});
