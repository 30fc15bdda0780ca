import { type Command, Option } from 'commander';
import { currentSettings } from '../../../config/removed-settings.js';
import { resolveRunConfig } from '../../../config/resolve-run-config.js';
import type { RunConfigInput } from '../../../config/run-config.js';
import { LIMIT_SETTINGS, PLACE_SETTINGS } from '../../../config/settings-on-resume.js';
import { RlpromptError } from '../../../errors.js';
import { requireRun } from '../../../run/store/run-folder.js';
import { readManifest } from '../../../run/store/run-manifest.js';
import { shellWord } from '../../../shell-word.js';
import { addSettingFlags, givenFlags } from '../../options/config-options.js';
import type { CliContext } from '../../output/context.js';
import { addRunOptions, type RunOptions, superviseRun } from '../../runs/supervise-run.js';
import { fromAnotherFolder } from '../../shared/from-another-folder.js';

const EXAMPLES = `Examples:
  $ rlprompt resume runs/spam-20260101-120000
  $ rlprompt resume runs/spam-20260101-120000 --steps 300
  $ rlprompt resume runs/spam-20260101-120000 --queue redis://10.0.0.5:6379
`;

export function configure(command: Command, context: CliContext): void {
  command
    .description(
      'Resumes a run that was stopped; it ends exactly as if it had never stopped. Its limits may be raised, and it may compute elsewhere.',
    )
    .argument('<run>', 'run folder')
    .addHelpText('before', EXAMPLES);
  addSettingFlags(command, [...LIMIT_SETTINGS, ...PLACE_SETTINGS]);
  command.addOption(new Option('--no-queue', 'compute label scores on this machine').helpGroup('Models:'));
  command.option('--changed-task', 'continue with a custom task whose file has changed, such as a corrected reward');
  addRunOptions(command);
  command.action(async (runDir: string, options: RunOptions) => {
    requireRun(runDir);
    const before = currentSettings(readManifest(runDir).config);
    const flags = givenFlags(command);
    const now = { ...before, ...flags };
    if (flags.queue === false) delete now.queue;
    const raised = raiseLimits(before, now, runDir);
    await superviseRun(raised, { ...options, resume: runDir }, context).catch((error: unknown) => {
      throw fromAnotherFolder(error, 'resume the run');
    });
  });
}

/** @throws RlpromptError E_DRIFT with old and new value where a limit would be lowered. */
function raiseLimits(before: RunConfigInput, flags: RunConfigInput, runDir: string): RunConfigInput {
  const { config } = resolveRunConfig({ flags });
  const lowered = LIMIT_SETTINGS.filter((key) => {
    const [old, now] = [before[key], config[key]];
    return typeof old === 'number' && typeof now === 'number' && now < old;
  });
  if (lowered.length === 0) return config;
  throw new RlpromptError({
    code: 'E_DRIFT',
    exit: 'config',
    message: lowered.map((key) => `${key} was ${before[key]} and cannot be lowered to ${config[key]}`).join('; '),
    where: runDir,
    kept: 'the run is unchanged',
    next: `rlprompt resume ${shellWord(runDir)}`,
  });
}
