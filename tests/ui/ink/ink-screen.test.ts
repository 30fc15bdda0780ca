import { describe, expect, it } from 'vitest';
import type {
  PromptInspection,
  PromptSummary,
  Reporter,
  RunControls,
  RunEvent,
  UnnumberedEvent,
} from '../../../src/events.js';
import { widthOf } from '../../../src/ui/draw/text-width.js';
import { DOWN } from '../../../src/ui/ink/input/arrows.js';
import { chooseReporter } from '../../../src/ui/reporters/choose-reporter.js';
import { SHOWN_WORDS } from '../../../src/ui/words-shown.js';
import { FakeClock, FakeKeyboard, FakeTerminal, forbiddenIn, notedControls, settled } from '../fake-terminal.js';
import { spamRun } from '../fixtures/spam-run.js';

interface Shown {
  terminal: FakeTerminal;
  keyboard: FakeKeyboard;
  clock: FakeClock;
  reporter: Reporter;
  asked: string[];
  forced: () => number;
}

async function show(
  columns: number,
  rows: number,
  events: readonly RunEvent[],
  env = {},
  more: Partial<Pick<RunControls, 'progress' | 'inspect'>> & { readonly past?: readonly RunEvent[] } = {},
): Promise<Shown> {
  const terminal = new FakeTerminal(columns, rows);
  const keyboard = new FakeKeyboard();
  const clock = new FakeClock();
  const { controls, asked } = notedControls();
  let forced = 0;
  const onForceQuit = (): void => {
    forced++;
  };
  const reporter = await chooseReporter({
    ui: 'ink',
    stderr: terminal,
    stdin: keyboard,
    env,
    controls: { ...controls, ...more },
    past: more.past,
    onForceQuit,
    clock,
  });
  for (const event of events) {
    reporter.report(event);
  }
  clock.advance(3_000);
  await settled();
  return { terminal, keyboard, clock, reporter, asked, forced: () => forced };
}

async function press({ keyboard, clock }: Shown, input: string): Promise<void> {
  await keyboard.press(input);
  clock.advance(200);
  await settled();
}

describe('the screen', () => {
  it('shows header, charts, table, health, messages and keys at 80x24', async () => {
    const { terminal, reporter } = await show(80, 24, spamRun(84));
    expect(`\n${terminal.frame}\n`).toMatchInlineSnapshot(`
      "
       spam  mail-4m · log-variance · default preset · seed 0                training
       step  84/200  ━━━━━━━━━━━━━━─────────────────── 42 %   elapsed 0:03  left 0:58
       482 forwards/s · 23,530 forwards · 20 % cache hits
       runs/spam-20260301-101500 · saved after step 80

       reward  ─ max 41.7  ─ mean 15.8       dev accuracy  ─ best 0.813  ─ base 0.719
        50┤                  ⡀⣀⡠⣀⣄⣄⡠⠤⠦⠢⠔⠤⠢   0.85┤                              ⣀⣀⠤⠄
          │      ⣀⢤⠤⠤⠤⠴⠒⠊⠑⠉⠉⠉⠉ ⢀ ⡀ ⢀⢀⢄⢄⢠⣀⢄       │                      ⣀⣀⠤⠤⠒⠒⠉⠉
         5┤⠰⠔⠒⠙⠉⠉      ⢀⢠⢆⢤⡠⡠⠦⠓⠊⠊⠑⠑⠊⠁  ⠁⠁    0.70┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⣉⠭⠭⠛⠛⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉
          │    ⢀⢀⣄⠶⠚⠔⠣⠛⠁⠁                        │           ⣀⠤⠒⠉
       -40┤⠰⠜⠓⠙⠉⠊                            0.55┤        ⠤⠒⠉
           0                            84        0                                84

                dev  margin  train  reward   step  prompt    ↑ ↓ Enter: look into one
         1 ★  0.813   0.813  0.844    46.2     77  “For more information about”
         2 ›  0.781   0.750  0.844    31.2     50  “This message is an offer”
         3    0.750   0.750  0.781    33.9     57  “More about this”
         4    0.688   0.688  0.719    24.6     37  “Click here for”
         5    0.562   0.562  0.594     8.3     17  “the list of”

       health   entropy 5.6  unique 81 %  flat 1  skipped 0  warnings 1  loss 63.8
         80  new best: dev accuracy 0.813, train 0.844  “For more information about”
       p pause  s save  e eval  t try  l words  x export  q save and quit  ? help
      "
    `);
    await reporter.close();
  });

  it('has room for more at 120x40', async () => {
    const { terminal, reporter } = await show(120, 40, spamRun(130));
    expect(`\n${terminal.frame}\n`).toMatchInlineSnapshot(`
      "
       spam  mail-4m · log-variance · default preset · seed 0                                                        training
       step 130/200  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━────────────────────────── 65 %   elapsed 0:03  left 0:35
       408 forwards/s · 33,712 forwards · 27 % cache hits
       runs/spam-20260301-101500 · saved after step 120 · 32 train, 32 dev, 400 test examples

       reward  ─ max 52.1  ─ mean 32.1                          dev accuracy  ─ best 0.875  ─ base 0.719
        60┤                                         ⡀   ⢀⢀⡄⣀⢀   0.900┤                                                 ⢀⣀
          │                           ⣀⣀⢀⡀⣀⢰⢄⠶⠔⡤⢢⠔⠜⠑⠉⠚⠢⠓⠊⠁⠉⠈⠊        │                                         ⣀⣀⡠⠤⠔⠒⠊⠉⠁
          │                  ⢀ ⣄⠔⠤⢆⠔⠜⠙ ⠁⠉⠘⠁⠁        ⡀     ⡄⣀         │                                 ⣀⣀⠤⠤⠒⠒⠉⠉
          │            ⣀⠤⠊⠊⠑⠋⠊⠉            ⢠⡀⣴⢠⡀⡀⡠⡜⢳⠙⡴⡀⣆⡜⠞⠑⠹⠜        │                            ⢀⡠⠔⠒⠉
          │      ⣀⡖⠔⠓⠙⠊⠁        ⢀ ⡀ ⢀⢤⠓⡞⣴⢆⡖⡼⠙⠈⠁⠗⠹⠁⠁   ⠉⠈             │                        ⣀⠤⠒⠉⠁
        10┤⢀⢠⢤⠒⠜⠚        ⢀   ⢀ ⡷⠎⠖⢣⠎⠎⠈  ⠈⠈                      0.725┤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⣤⠤⠶⠭⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤
          │ ⠁           ⣄⠎⠟⢣⠗⡼⠙                                      │                ⢀⠤⠒⠉
          │       ⣀⢀⢆⣴⡰⡾⠈                                            │              ⢀⠔⠁
          │     ⢀⢦⠇⠋⠈ ⠁                                              │            ⡠⠔⠁
          │⢀⢠⢢⠓⡜⠺                                                    │          ⡠⠊
       -40┤ ⠃                                                   0.550┤        ⠠⠊
           0                                              130         0                                                   130

                dev  margin  train  reward   step        from  prompt                                ↑ ↓ Enter: look into one
         1 ★  0.875   0.875  0.906    57.1    117      policy  “Subscribe for more on”
         2    0.844   0.844  0.906    55.7     97      policy  “Offer: more information on”
         3    0.813   0.813  0.844    46.2     77      policy  “For more information about”
         4 ›  0.781   0.750  0.844    31.2     50        user  “This message is an offer”
         5    0.750   0.750  0.781    33.9     57      policy  “More about this”
         6    0.688   0.688  0.719    24.6     37      policy  “Click here for”
         7    0.562   0.562  0.594     8.3     17      policy  “the list of”




       health   entropy 5.1  unique 78 %  flat 1  skipped 0  warnings 1  loss 36.1  gradient 1.4
       rewards  sd 6.9  accuracy 0.766  free 33.1  mail 29.7
         50  prompt added: dev accuracy 0.781, train 0.844  “This message is an offer”
         60  new best: dev accuracy 0.750, train 0.781  “More about this”
         80  new best: dev accuracy 0.813, train 0.844  “For more information about”
        100  new best: dev accuracy 0.844, train 0.906  “Offer: more information on”
        120  new best: dev accuracy 0.875, train 0.906  “Subscribe for more on”
       p pause  s save  e evaluate  t try a prompt  l label words  x export  q save and quit  ? help
      "
    `);
    await reporter.close();
  });

  it('drops the charts at 40x10', async () => {
    const { terminal, reporter } = await show(40, 10, spamRun(84));
    expect(`\n${terminal.frame}\n`).toMatchInlineSnapshot(`
      "
      spam  mail-4m · log-variance …  training
      step  84/200  ━━━━───── 42 %   left 0:58
      482 forwards/s · 20 % cache hits
               dev  train  prompt
        1 ★  0.813  0.844  “For more informat…
        2 ›  0.781  0.844  “This message is a…
        3    0.750  0.781  “More about this”
      health   entropy 5.6  unique 81 %
      p s e t l x q ? help
      "
    `);
    await reporter.close();
  });

  it('shows what fits at 3x3 and nothing at 1x1', async () => {
    const tiny = await show(3, 3, spamRun(84));
    expect(`\n${tiny.terminal.frame}\n`).toMatchInlineSnapshot(`
      "
        …
      st…
      "
    `);
    await tiny.reporter.close();
    const least = await show(1, 1, spamRun(84));
    expect(least.terminal.frame.trim()).toBe('');
    await least.reporter.close();
  });

  it('has a calm face before the first step', async () => {
    const { terminal, reporter } = await show(80, 24, spamRun(0));
    expect(terminal.frame).toContain('the first step is under way');
    expect(terminal.frame).toContain('no prompt has been evaluated yet');
    await reporter.close();
  });

  it('shows what is done before the first step, how far it is, and the best prompt so far', async () => {
    const best = { prompt: 'It is about', score: 0.781 };
    const progress = { doing: 'finding label words', rows: 120, most: 480, best };
    const shown = await show(80, 24, spamRun(0).slice(0, 3), {}, { progress: () => progress });
    const { frame } = shown.terminal;
    expect(frame).toMatch(/^ finding label words {2}━+─+ 25 % {3}elapsed 0:03 {2}left –$/m);
    expect(frame).toContain('finding label words: 120 of at most 480 rows');
    expect(frame).toContain('best before the search: train accuracy 0.781  “It is about”');
    progress.rows = 240;
    shown.clock.advance(3_000);
    await settled();
    expect(shown.terminal.frame).toMatch(/50 % {3}elapsed 0:06 {2}left 0:1\d$/m);
    await shown.reporter.close();
  });

  it('shows the best prompt on train from the first step on, and that dev has not been asked', async () => {
    const events = spamRun(1).map((event): RunEvent => {
      if (event.type !== 'step-end') return event;
      const leader = {
        text: 'More of',
        tokenIds: [1],
        tokens: ['More'],
        step: 1,
        reward: 20.5,
        train: { accuracy: 0.75 },
      };
      return { ...event, leader: { ...leader, origin: 'policy' } };
    });
    const { terminal, reporter } = await show(80, 24, events);
    expect(terminal.frame).toMatch(/^ {6}pending {2}0\.750 {4}20\.5 {6}1 {2}“More of”$/m);
    await reporter.close();
  });

  it('goes on from what a resumed run did before: curves, baselines, table and time', async () => {
    const past = spamRun(84);
    const again = { ...past[0]!, resumedAtStep: 80 } as RunEvent;
    const { terminal, reporter } = await show(80, 24, [again], {}, { past });
    expect(terminal.frame).toMatch(/^ step {2}80\/200 .* elapsed 0:43 {2}left –$/m);
    expect(terminal.frame).toMatch(/dev accuracy {2}─ best 0\.813 {2}─ base 0\.719/);
    expect(terminal.frame).toMatch(/^ {3}1 ★ {2}0\.813 {3}0\.813 {2}0\.844/m);
    expect(terminal.frame).toContain('resumed after step 80');
    await reporter.close();
  });

  it('stays inside every terminal while it is resized, and never wipes the scrollback', async () => {
    const shown = await show(80, 24, spamRun(84));
    for (const [columns, rows] of [
      [40, 10],
      [1, 1],
      [0, 0],
      [200, 60],
      [3, 3],
      [61, 15],
      [80, 24],
    ] as const) {
      shown.terminal.resize(columns, rows);
      await settled();
      const lines = shown.terminal.frame.split('\n');
      expect(lines.length, `${columns}x${rows}`).toBeLessThan(Math.max(2, rows));
      expect(Math.max(...lines.map(widthOf)), `${columns}x${rows}`).toBeLessThanOrEqual(columns);
    }
    expect(shown.terminal.frame).toContain('step  84/200');
    expect(shown.terminal.all).not.toContain('\u001B[3J');
    expect(shown.terminal.listenerCount('resize')).toBe(1);
    await shown.reporter.close();
    expect(shown.terminal.listenerCount('resize')).toBe(0);
  });

  it('draws at most four frames a second however fast the steps are', async () => {
    const terminal = new FakeTerminal(80, 24);
    const clock = new FakeClock();
    const reporter = await chooseReporter({
      ui: 'ink',
      stderr: terminal,
      stdin: new FakeKeyboard(),
      env: {},
      onForceQuit: () => {},
      clock,
    });
    await settled();
    const before = terminal.written.length;
    for (const event of spamRun(200)) reporter.report(event);
    await settled();
    expect(terminal.written.length).toBe(before);
    clock.advance(250);
    await settled();
    expect(terminal.written.length).toBeGreaterThan(before);
    await reporter.close();
  });

  it('gives the terminal back and leaves a summary in the scrollback', async () => {
    const { terminal, keyboard, reporter } = await show(80, 24, spamRun());
    expect(keyboard.rawMode).toBe(true);
    await reporter.close();
    expect(keyboard.rawMode).toBe(false);
    expect(terminal.all.lastIndexOf('\u001B[?25h')).toBeGreaterThan(terminal.all.lastIndexOf('\u001B[?25l'));
    expect(`\n${terminal.frame}\n`).toMatchInlineSnapshot(`
      "

      spam · best after 200 steps, 1:47, 46,112 forwards, 38 % cache hits

                            dev     test   accuracy, 400 test examples
        found             0.875    0.853   “Subscribe for more on”
        hand-written      0.719    0.690   “Is this mail spam? It is”
        no prompt         0.500    0.512

        run folder    runs/spam-20260301-101500
        next          rlprompt export runs/spam-20260301-101500 --format json
                      rlprompt top runs/spam-20260301-101500
      "
    `);
  });

  it('uses colour where a terminal shows it and none under NO_COLOR', async () => {
    const colours = /\u001B\[[\d;]*(?:3[1-6]|[12])m/;
    const plain = await show(80, 24, spamRun(84), { NO_COLOR: '1' });
    expect(plain.terminal.all).not.toMatch(colours);
    await plain.reporter.close();
    const coloured = await show(80, 24, spamRun(84), {});
    expect(coloured.terminal.all).toMatch(colours);
    await coloured.reporter.close();
  });
});

describe('a reward of several objectives', () => {
  const objectives = [
    { name: 'free', weight: 1, range: [-60, 60] },
    { name: 'mail', weight: 0.5, range: [-60, 60] },
  ] as const;
  const events = (steps: number): RunEvent[] =>
    spamRun(steps).map((event) =>
      event.type === 'run-start' ? { ...event, objectives, combine: 'sum' as const } : event,
    );

  it('has a curve for each of them, between reward and score', async () => {
    const { terminal, reporter } = await show(120, 24, events(84));
    const title = terminal.frame.split('\n').find((line) => line.includes('reward  ─'))!;
    expect(title).toMatch(
      /reward +─ max 41.7 +─ mean 15.8 +parts +─ mail 0.648 +─ free 0.710 +dev accuracy +─ best 0.813 +─ base/,
    );
    const [, , drawn] = terminal.frame.split('\n').slice(terminal.frame.split('\n').indexOf(title));
    expect(drawn!.slice(40, 78)).toMatch(/[\u2801-\u28ff]/);
    await reporter.close();
  });

  it('keeps its three panels within a terminal of 80 columns', async () => {
    const { terminal, reporter } = await show(80, 24, events(84));
    expect(terminal.frame).toMatch(/parts/);
    expect(Math.max(...terminal.frame.split('\n').map(widthOf))).toBeLessThanOrEqual(80);
    await reporter.close();
  });

  it('takes new weights from a key, shows those of now, and tells when they have changed', async () => {
    const shown = await show(100, 40, events(84));
    expect(shown.terminal.frame).toContain('w weights');
    await press(shown, 'w');
    expect(shown.terminal.frame).toMatch(/weights .* now free=1 mail=0.5/);
    await press(shown, 'mail=2');
    await press(shown, '\r');
    expect(shown.asked).toEqual(['weights:{"mail":2}']);
    expect(shown.terminal.frame).toContain('the weights will change after this step');
    const change = { type: 'weights-changed', step: 84, weights: { free: 1, mail: 2 }, before: { free: 1, mail: 0.5 } };
    shown.reporter.report({ ...change, seq: 1000 } as RunEvent);
    await press(shown, 'w');
    expect(shown.terminal.frame).toContain('weights are now free 1, mail 2');
    expect(shown.terminal.frame).toContain('now free=1 mail=2');
    await shown.reporter.close();
  });
});

describe('the keys', () => {
  it('are read before a frame names them, so that no Ctrl-C is a signal and no key is echoed', async () => {
    const keyboard = new FakeKeyboard();
    const drawnInRawMode: boolean[] = [];
    class NotingTerminal extends FakeTerminal {
      override write(text: string, done?: () => void): boolean {
        if (text.includes('save and quit')) drawnInRawMode.push(keyboard.rawMode);
        return super.write(text, done);
      }
    }
    const { controls } = notedControls();
    const reporter = await chooseReporter({
      ui: 'ink',
      stderr: new NotingTerminal(80, 24),
      stdin: keyboard,
      env: {},
      controls,
      onForceQuit: () => {},
    });
    await settled();
    await settled();
    expect(drawnInRawMode[0]).toBe(true);
    await reporter.close();
    expect(keyboard.rawMode).toBe(false);
  });

  it('steer the run through its controls', async () => {
    const shown = await show(80, 24, spamRun(84));
    for (const key of ['p', 'p', 's', 'e', 'xts', '\r', 'q']) await press(shown, key);
    expect(shown.asked).toEqual(['pause', 'continue', 'save', 'evaluate', 'export:ts', 'stop:user']);
    expect(shown.terminal.frame).toContain('stopping after this step');
    await shown.reporter.close();
  });

  it('look into the prompt that the arrows have come to', async () => {
    const inspection: PromptInspection = {
      rendered: 'Win a prize now! This message is an offer',
      split: 'dev',
      perClass: [
        { label: 'free', n: 16, accuracy: 0.75 },
        { label: 'mail', n: 16, accuracy: 0.875 },
      ],
      hardest: [
        { text: 'Win a prize now!', label: 'free', predicted: 'mail', probability: 0.021 },
        { text: 'See you there', label: 'mail', predicted: 'mail', probability: 0.53 },
      ],
    };
    const looked: string[] = [];
    const inspect = async (text: string) => {
      looked.push(text);
      return inspection;
    };
    const shown = await show(80, 24, spamRun(84), {}, { inspect });
    expect(shown.terminal.frame).toMatch(/step {2}prompt +↑ ↓ Enter: look into one$/m);
    // Two steps down, as a terminal sends the arrow.
    for (const input of ['\u001B[B', '\u001B[B']) await press(shown, input);
    expect(shown.terminal.frame).toMatch(/^ > 2 › {2}0\.781/m);
    await press(shown, '\r');
    shown.clock.advance(1000);
    await settled();
    expect(looked).toEqual(['This message is an offer']);
    for (const part of [
      'prompt  “This message is an offer”',
      'scores  dev accuracy 0.781, train 0.844, reward 31.2',
      'ordered by  dev accuracy 0.781 + margin 0.750 = 1.531',
      'accuracy by label on dev  free 0.750 of 16 · mail 0.875 of 16',
      '  p(free) 0.021 predicted mail  Win a prize now!',
      '  p(mail) 0.530 correct  See you there',
      '  Win a prize now! This message is an offer',
    ])
      expect(shown.terminal.frame).toContain(part);
    await press(shown, 'q');
    expect(shown.terminal.frame).toContain('dev accuracy  ─');
    expect(shown.asked).toEqual([]);
    await shown.reporter.close();
  });

  it('take a typed prompt, and drop it at Escape', async () => {
    const shown = await show(80, 24, spamRun(84));
    for (const input of ['t', 'Is it sp', '\u007F', 'pam, 表?']) await press(shown, input);
    expect(shown.terminal.frame).toContain('your prompt Is it spam, 表?   Enter scores it, Esc cancels');
    await press(shown, '\r');
    expect(shown.asked).toEqual(['prompt:Is it spam, 表?']);
    for (const input of ['t', 'quit', '\u001B']) await press(shown, input);
    expect(shown.asked).toHaveLength(1);
    expect(shown.terminal.frame).toContain('q save and quit');
    await shown.reporter.close();
  });

  it('take label words for the chosen prompt, show those of now, and tell what they changed', async () => {
    const shown = await show(80, 24, spamRun(84));
    for (const input of [DOWN, DOWN, '\r']) await press(shown, input);
    expect(shown.terminal.frame).toContain('l edits label words');
    await press(shown, 'l');
    expect(shown.terminal.frame).toMatch(/label words .* now free=/);
    for (const input of ['free=free|win', '\r']) await press(shown, input);
    expect(shown.asked.at(-1)).toBe('words:This message is an offer:{"words":{"free":"free|win"}}');
    expect(shown.terminal.frame).toContain('the prompt will be scored by these label words after this step');
    const typed = spamRun(84).find((event) => event.type === 'prompt-added')!;
    const prompt = { ...typed.prompt, dev: { accuracy: 0.9 }, wordsEdited: true };
    const event = {
      type: 'label-words-changed',
      step: 84,
      prompt,
      before: { train: { accuracy: 0.5 }, dev: { accuracy: 0.781 } },
    };
    shown.reporter.report({ ...event, seq: 1000 } as RunEvent);
    await press(shown, 'x');
    expect(shown.terminal.frame).toContain('label words changed: dev accuracy 0.781 to 0.900, train 0.500 to 0.844');
    expect(shown.terminal.frame).toMatch(/ 1 › +0\.900/);
    for (const input of ['\u001B', 'l', 'nonsense', '\r']) await press(shown, input);
    expect(shown.terminal.frame).toContain('those are not label words: LABEL=word|word gives a label words');
    await shown.reporter.close();
  });

  it('keep what was typed in view, with its rank, where better prompts fill the table', async () => {
    const shown = await show(80, 24, spamRun(84));
    const typed = spamRun(84).find((event) => event.type === 'prompt-added')!;
    const prompt = { ...typed.prompt, text: 'worse than all', step: 84, dev: { accuracy: 0.1 }, devMargin: -1 };
    shown.reporter.report({ ...typed, prompt, seq: 1000 });
    shown.clock.advance(1000);
    await settled();
    expect(shown.terminal.frame).toMatch(/ (?:[6-9]|\d\d) › +0\.100 .*“worse than all”/);
    await shown.reporter.close();
  });

  it('follow the chosen prompt to its new rank, and keep it in view when it was given label words', async () => {
    const shown = await show(80, 16, spamRun(84));
    for (const input of [DOWN, DOWN, 'l', 'free=free|win', '\r']) await press(shown, input);
    const typed = spamRun(84).find((event) => event.type === 'prompt-added')!;
    expect(typed.prompt.text).toBe('This message is an offer');
    expect(shown.asked.at(-1)).toContain(typed.prompt.text);
    const prompt = { ...typed.prompt, origin: 'policy', dev: { accuracy: 0.1 }, devMargin: -1, wordsEdited: true };
    const before = { train: { accuracy: 0.5 }, dev: { accuracy: 0.781 } };
    const event = { type: 'label-words-changed', step: 84, prompt, before, seq: 1000 };
    shown.reporter.report(event as unknown as RunEvent);
    shown.clock.advance(1000);
    await settled();
    expect(shown.terminal.frame).toMatch(/> 5 +0\.100 .*“This message is an offer”/);
    await shown.reporter.close();
  });

  it('have no weights to take where the reward has one objective', async () => {
    const shown = await show(80, 24, spamRun(84));
    await press(shown, 'w');
    expect(shown.terminal.frame).toContain('this reward has one objective: there is nothing to weight');
    await shown.reporter.close();
  });

  it('have no label words to take where a task has no labels', async () => {
    const shown = await show(
      80,
      24,
      spamRun(84).map((event) => (event.type === 'run-start' ? { ...event, labels: [] } : event)),
    );
    expect(shown.terminal.frame).not.toContain('l words');
    await press(shown, 'l');
    expect(shown.terminal.frame).toContain('this task has no labels');
    await shown.reporter.close();
  });

  it('say that the run pauses, has paused, and goes on', async () => {
    const shown = await show(80, 24, spamRun(84));
    const next = async (event: UnnumberedEvent): Promise<void> => {
      shown.reporter.report({ seq: 0, ...event } as RunEvent);
      shown.clock.advance(1000);
      await settled();
    };
    await press(shown, 'p');
    expect(shown.terminal.frame).toContain('pausing after this step; p continues');
    await next({ type: 'run-paused', step: 85 });
    expect(shown.terminal.frame).not.toContain('pausing');
    expect(shown.terminal.frame).toContain('paused; p continues');
    await press(shown, 'p');
    expect(shown.terminal.frame).toMatch(/^ resumed$/m);
    await next({ type: 'run-continued', step: 85 });
    await next(spamRun(86).findLast((event) => event.type === 'step-end')!);
    expect(shown.terminal.frame).not.toMatch(/^ resumed$/m);
    expect(shown.terminal.frame).not.toContain('paused');
    await shown.reporter.close();
  });

  it('open and close the help', async () => {
    const shown = await show(80, 24, spamRun(84));
    await press(shown, '?');
    expect(shown.terminal.frame).toContain('type your own prompt');
    await press(shown, 'q');
    expect(shown.terminal.frame).not.toContain('type your own prompt');
    expect(shown.asked).toEqual([]);
    await shown.reporter.close();
  });

  it('explain the words of the screen, each in a line of its own, at the second ?', async () => {
    const shown = await show(80, 24, spamRun(84));
    await press(shown, '?');
    await press(shown, '?');
    for (const { word, meaning } of SHOWN_WORDS.filter(({ isOnScreen }) => isOnScreen))
      expect(shown.terminal.frame).toContain(`  ${word.padEnd(11)}${meaning}`);
    await press(shown, '?');
    expect(shown.terminal.frame).toContain('84/200');
    await shown.reporter.close();
    const tall = await show(80, 50, spamRun(84));
    await press(tall, '?');
    expect(tall.terminal.frame).toContain('type your own prompt');
    expect(tall.terminal.frame).toContain('margin     how clearly');
    await tall.reporter.close();
  });

  it('save at the first Ctrl-C, also while typing, and leave at the second', async () => {
    const shown = await show(80, 24, spamRun(84));
    await press(shown, 't');
    await press(shown, '\u0003');
    expect([shown.asked, shown.forced()]).toEqual([['stop:interrupted'], 0]);
    await press(shown, '\u0003');
    expect([shown.asked, shown.forced()]).toEqual([['stop:interrupted'], 1]);
    await shown.reporter.close();
  });

  it('answer, and are explained, in a small terminal too', async () => {
    const shown = await show(40, 10, spamRun(84));
    await press(shown, 's');
    expect(shown.terminal.frame).toMatch(/saving a checkpoint after this step$/);
    await press(shown, '?');
    expect(shown.terminal.frame).toContain('t type a prompt · l words · x export');
    await shown.reporter.close();
  });

  it('answer s and e when the run has done so', async () => {
    const shown = await show(80, 24, spamRun(84));
    await press(shown, 's');
    expect(shown.terminal.frame).toContain('saving a checkpoint after this step');
    shown.reporter.report({ type: 'checkpoint-saved', step: 85, file: 'f', sha256: '', seq: 900 });
    shown.clock.advance(200);
    await settled();
    expect(shown.terminal.frame).toContain('checkpoint saved after step 85');
    await shown.reporter.close();
  });
});

describe('text of a model on the screen', () => {
  const HOSTILE = [
    '\u001B]52;c;ZXZpbA==\u0007',
    '\u001B]8;;http://evil\u001B\\link',
    '\u009D0;title\u009C',
    'over\rwrite',
    'bell\u0007',
    '\u202Ereversed',
    'zero\u200Bwidth',
    '\u001B[2J\u001B[3J',
    '表'.repeat(300),
    'x'.repeat(1_000_000),
    'a\u0300\u0301\u0302\u0303'.repeat(50),
  ];

  it('never reaches the terminal raw, wherever it is drawn', async () => {
    const prompts = HOSTILE.map(
      (text, i): PromptSummary => ({
        tokenIds: [i],
        tokens: [text],
        text,
        step: 84,
        reward: i,
        train: { accuracy: 0.5 },
        dev: { accuracy: 0.5 },
        origin: 'policy',
      }),
    );
    const events: RunEvent[] = spamRun(84).map((event) =>
      event.type === 'run-start' ? { ...event, task: HOSTILE[0]!, runDir: HOSTILE[1]! } : event,
    );
    for (const prompt of prompts) events.push({ type: 'best-prompt-updated', step: 84, prompt, seq: 0 });
    for (const message of HOSTILE) events.push({ type: 'warning', code: 'W', message, seq: 0 });
    for (const [columns, rows] of [
      [120, 40],
      [40, 10],
      [3, 3],
    ] as const) {
      const shown = await show(columns, rows, events);
      await press(shown, `t${HOSTILE[5]}${HOSTILE[6]}`);
      expect(forbiddenIn(shown.terminal.all)).toEqual([]);
      expect(shown.terminal.all).not.toContain('\u001B[3J');
      expect(Math.max(...shown.terminal.frame.split('\n').map(widthOf))).toBeLessThanOrEqual(columns);
      await shown.reporter.close();
      expect(forbiddenIn(shown.terminal.all)).toEqual([]);
    }
  });
});
