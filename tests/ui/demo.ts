/**
 * Replays a recorded run in this terminal, with working keys: `JITI_JSX=1 node --import jiti/register tests/ui/demo.ts
 * [speed] [steps]`. What the keys ask for is written to the file in DEMO_LOG, where that is set.
 */
import { appendFileSync } from 'node:fs';
import type { RunControls, RunEvent } from '../../src/events.js';
import { chooseReporter, type UiName } from '../../src/ui/reporters/choose-reporter.js';
import { replayEvents } from '../../src/ui/reporters/replay-events.js';
import { spamRun } from './fixtures/spam-run.js';

const stopping = new AbortController();
let resume: (() => void) | undefined;
let paused: Promise<void> | undefined;

function note(text: string): void {
  if (process.env.DEMO_LOG) appendFileSync(process.env.DEMO_LOG, `${text}\n`);
}

const controls: RunControls = {
  usage: () => [],
  progress: () => undefined,
  inspect: () => Promise.reject(new Error('no run')),
  pause() {
    note('pause');
    reporter.report({ type: 'run-paused', step, seq: 0 });
    paused = new Promise((resolve) => {
      resume = resolve;
    });
  },
  continue() {
    note('continue');
    reporter.report({ type: 'run-continued', step, seq: 0 });
    paused = undefined;
    resume?.();
  },
  save() {
    note('save');
    reporter.report({ type: 'checkpoint-saved', step, file: `checkpoints/${step}.bin`, sha256: '', seq: 0 });
  },
  evaluate: () => note('evaluate'),
  changeLabelWords: (prompt, edits) => note(`words ${prompt} ${JSON.stringify(edits)}`),
  setWeights: (weights) => note(`weights ${JSON.stringify(weights)}`),
  addPrompt(text) {
    note(`prompt ${text}`);
    const prompt = {
      tokenIds: [1],
      tokens: [text],
      text,
      step,
      reward: 12,
      train: { accuracy: 0.69 },
      dev: { accuracy: 0.66 },
      origin: 'user' as const,
    };
    reporter.report({ type: 'prompt-added', step, prompt, seq: 0 });
  },
  exportBest() {
    note('export');
    reporter.report({ type: 'prompt-exported', file: 'runs/spam-20260301-101500/best-prompt.json', seq: 0 });
  },
  stop(reason) {
    note(`stop ${reason}`);
    const resumeCommand = 'rlprompt resume runs/spam-20260301-101500';
    reporter.report({ type: 'run-interrupted', step, reason, resumeCommand, seq: 0 });
    resume?.();
    stopping.abort();
  },
};

let step = 0;

async function* liveEvents(): AsyncGenerator<RunEvent> {
  for (const event of spamRun(Number(process.argv[3] ?? 200))) {
    await paused;
    if (event.type === 'step-end') step = event.step;
    yield event;
  }
}

const reporter = await chooseReporter({
  ui: process.env.DEMO_UI as UiName | undefined,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  controls,
  onForceQuit: () => {
    note('force-quit');
    stopping.abort();
  },
});
await replayEvents(liveEvents(), reporter, { speed: Number(process.argv[2] ?? 5), signal: stopping.signal });
await reporter.close();
note('closed');
