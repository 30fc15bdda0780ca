import { type Command, InvalidArgumentError, Option } from 'commander';
import type { UiName } from '../../../ui/reporters/choose-reporter.js';
import type { CliContext } from '../../output/context.js';
import { hearOneSignal } from '../../signals/signals.js';

const EXAMPLES = `Examples:
  $ rlprompt replay runs/spam-20260101-120000
  $ rlprompt replay runs/spam-20260101-120000 --speed 100 --ui plain
`;

interface ReplayOptions {
  readonly speed: number;
  readonly ui?: UiName;
}

export function configure(command: Command, context: CliContext): void {
  command
    .description('Draws a run again from its events, as it looked while running.')
    .argument('<run>', 'run folder')
    .option('--speed <FACTOR>', 'how many times as fast as the run was; Infinity for all at once', parseSpeed, 10)
    .addOption(
      new Option('--ui <NAME>', 'on stderr: ink (default on a terminal), plain or json').choices([
        'ink',
        'plain',
        'json',
      ]),
    )
    .addHelpText('before', EXAMPLES)
    .action(async (runDir: string, options: ReplayOptions) => {
      const [{ requireRun }, { readEvents }] = await Promise.all([
        import('../../../run/store/run-folder.js'),
        import('../../../run/store/logs/event-log.js'),
      ]);
      requireRun(runDir);
      await replay(readEvents(runDir), options, context);
    });
}

type Events = Parameters<typeof import('../../../ui/reporters/replay-events.js')['replayEvents']>[0];

/** Ctrl-C, or quitting on the screen, ends the replay; nothing is lost by it. */
async function replay(events: Events, { speed, ui }: ReplayOptions, context: CliContext): Promise<void> {
  const [{ replayEvents }, { chooseReporter }] = await Promise.all([
    import('../../../ui/reporters/replay-events.js'),
    import('../../../ui/reporters/choose-reporter.js'),
  ]);
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  const { stderr, stdin, env } = context;
  const reporter = await chooseReporter({ ui, stderr, stdin, env, onForceQuit: stop });
  const endHearing = hearOneSignal(['SIGINT', 'SIGTERM'], stop);
  try {
    await replayEvents(events, reporter, { speed, signal: stopping.signal });
  } finally {
    await reporter.close();
    endHearing();
  }
}

function parseSpeed(text: string): number {
  const speed = Number(text);
  if (text.trim() === '' || !(speed > 0)) throw new InvalidArgumentError('expected a number above 0, such as 10');
  return speed;
}
