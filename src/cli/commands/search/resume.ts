import type { Command } from 'commander';
import { currentSettings } from '../../../config/removed-settings.js';
import { resolveRunConfig } from '../../../config/resolve-run-config.js';
import type { RunConfigInput, RunConfigKey } from '../../../config/run-config.js';
import { RlpromptError } from '../../../errors.js';
import { requireRun } from '../../../run/store/run-folder.js';
import { readManifest } from '../../../run/store/run-manifest.js';
import { addRunOptions, type RunOptions, superviseRun } from '../../runs/supervise-run.js';
import { addSettingFlags, configKeys, givenFlags } from '../../shared/config-options.js';
import type { CliContext } from '../../shared/context.js';

const EXAMPLES = `Examples:
  $ rlprompt resume runs/spam-20260101-120000
  $ rlprompt resume runs/spam-20260101-120000 --steps 300
`;

const LIMITS = configKeys(['Limits']);

export function configure(command: Command, context: CliContext): void {
  command
    .description(
      'Resumes a run that was stopped; it ends exactly as if it had never stopped. Its limits may be raised.',
    )
    .argument('<run>', 'run folder')
    .addHelpText('before', EXAMPLES);
  addSettingFlags(command, LIMITS);
  addRunOptions(command);
  command.action(async (runDir: string, options: RunOptions) => {
    requireRun(runDir);
    const before = currentSettings(readManifest(runDir).config);
    const raised = raiseLimits(before, givenFlags(command), runDir);
    await superviseRun(raised, { ...options, resume: runDir }, context);
  });
}

/** @throws RlpromptError E_DRIFT with old and new value where a limit would be lowered. */
function raiseLimits(before: RunConfigInput, flags: Record<string, unknown>, runDir: string): RunConfigInput {
  const { config } = resolveRunConfig({ flags: { ...before, ...flags } });
  const lowered = (Object.keys(flags) as RunConfigKey[]).filter((key) => {
    const [old, now] = [before[key], config[key]];
    return typeof old === 'number' && typeof now === 'number' && now < old;
  });
  if (lowered.length === 0) return config;
  throw new RlpromptError({
    code: 'E_DRIFT',
    exit: 'config',
    message: lowered.map((key) => `${key} was ${before[key]} and cannot be lowered to ${config[key]}`).join('; '),
    where: runDir,
    kept: 'the run, untouched',
    next: `rlprompt resume ${runDir}`,
  });
}
