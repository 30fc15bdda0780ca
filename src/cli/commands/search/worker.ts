import type { Command } from 'commander';
import type { RunConfigKey } from '../../../config/run-config.js';
import { EMBEDDED_MODEL } from '../../../config/settings/defaults.js';
import { RlpromptError } from '../../../errors.js';
import { countOf } from '../../../group-digits.js';
import { addConfigOptions, readRunConfig } from '../../options/config-options.js';
import { RUNTIME_KEYS } from '../../options/scoring-keys.js';
import type { CliContext } from '../../output/context.js';
import { reportDownloads } from '../../output/download-progress.js';
import { writeResult } from '../../output/output.js';
import { say, warn } from '../../output/say.js';
import { hearOneSignal } from '../../signals/signals.js';

const EXAMPLES = `Examples:
  $ rlprompt worker --queue redis://127.0.0.1:6379 --target ./models/smollm2
  $ RLPROMPT_REDIS_PASSWORD=… rlprompt worker --queue rediss://queue.example.com --target org/name
`;

const KEYS: readonly RunConfigKey[] = ['queue', 'target', 'truncate', ...RUNTIME_KEYS];

export function configure(command: Command, context: CliContext): void {
  command
    .description(
      'Computes label scores for runs with --queue, until it is stopped; SIGTERM finishes the job under way.',
    )
    .addHelpText('before', EXAMPLES);
  addConfigOptions(command, KEYS, {
    queue: 'Redis server that the runs name (redis://host:port, rediss:// for TLS)',
    target: `target LM of those runs (default: ${EMBEDDED_MODEL})`,
  });
  command.action(async () => {
    const { config } = await readRunConfig(command, context, 'spam');
    if (config.queue === undefined) throw noQueue();
    const { readQueueAddress } = await import('../../../queue/queue-address.js');
    readQueueAddress(config.queue);
    const [{ loadLanguageModel }, { modelOptions }, { startScoreWorker }] = await Promise.all([
      import('../../../lm/load.js'),
      import('../../../run/prepare/model-options.js'),
      import('../../../queue/score-worker.js'),
    ]);
    const model = await loadLanguageModel(config.target, {
      ...modelOptions(config),
      onProgress: reportDownloads(context),
    });
    // Heard from here on: a signal that comes while the worker starts ends it in good order too.
    const stopped = stopRequest();
    try {
      const onFailure = (message: string): void => warn(context, message);
      const worker = await startScoreWorker(model, { address: config.queue, onFailure });
      say(context, `worker ready: ${model.name} (${model.digest.slice(0, 8)}), queue ${worker.queue}`);
      await stopped;
      await worker.drain();
      const { jobs, rows } = worker.counts;
      writeResult(context, `${countOf(rows, 'row')} in ${countOf(jobs, 'job')}\n`);
    } finally {
      await model.dispose();
    }
  });
}

async function stopRequest(): Promise<void> {
  await new Promise<void>((stop) => {
    hearOneSignal(['SIGINT', 'SIGTERM'], () => stop());
  });
}

function noQueue(): RlpromptError {
  return new RlpromptError({
    code: 'E_USAGE',
    exit: 'usage',
    message: 'a worker needs the queue that it takes jobs from',
    where: '--queue',
    next: 'rlprompt worker --queue redis://127.0.0.1:6379',
  });
}
