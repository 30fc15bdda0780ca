import type { Span } from '../../draw/palette.js';
import { safeText } from '../../draw/safe-text.js';

const STEERING: readonly (readonly [keys: string, meaning: string])[] = [
  ['p', 'pause; p again continues'],
  ['s', 'save a checkpoint'],
  ['e', 'evaluate the best prompts on dev now'],
  ['t', 'type your own prompt: it is scored and joins the table'],
  ['w', 'type weights of the reward’s objectives, such as fluency=0.5'],
  ['x', 'export the best prompt, in a format that you name'],
  ['↑ ↓ Enter', 'choose a prompt of the table and look into it'],
  ['q', 'save and quit; the run can be resumed'],
  ['Ctrl-C', 'the same; a second time quits at once'],
  ['Ctrl-Z', 'suspend; the command fg brings it back'],
  ['!', 'read messages and warnings in full'],
];

const WATCHING: typeof STEERING = [
  ['↑ ↓ Enter', 'choose a prompt of the table and look into it'],
  ['q', 'quit'],
  ['Ctrl-C', 'quit'],
  ['!', 'read messages and warnings in full'],
];

const READING: typeof STEERING = [
  ['★ ›', 'the best prompt · a prompt you typed'],
  ['reward', 'raw reward of a step’s prompts on train: mean and highest'],
  ['entropy', 'of the policy, in nats; near 0 it proposes one prompt'],
  ['unique', 'share of a step’s prompts that differ'],
  ['flat', 'steps whose prompts all got the same reward: nothing to learn'],
  ['skipped', 'steps left out because a number was not finite'],
];

/** For a terminal of few rows. */
const BRIEFLY = [
  'p pause · s save · e eval · w weights',
  't type your own prompt · x export',
  'q save and quit · Ctrl-C twice: at once',
  '↑ ↓ Enter look into a prompt · ! messages',
];

/** The help in at most `height` lines. What a key asks for happens when the step under way has ended. */
export function helpLines(height: number, steerable: boolean): Span[][] {
  const title: Span[] = [{ text: safeText('Keys act between two steps. Any key closes this help.'), style: 'strong' }];
  if (steerable && height <= STEERING.length) return BRIEFLY.slice(0, height).map((line) => [{ text: safeText(line) }]);
  const lines = [title, ...(steerable ? STEERING : WATCHING).map(helpLine), [], ...READING.map(helpLine)];
  return lines.slice(0, height);
}

function helpLine([name, meaning]: (typeof STEERING)[number]): Span[] {
  return [{ text: safeText(`  ${name.padEnd(11)}`), style: 'title' }, { text: safeText(meaning) }];
}
