import { RlpromptError } from '../errors.js';
import type { HostedKind, RewardFault } from '../task/define/reward-messages.js';

const FRAMES_KEPT = 8;

/** What a reward or an environment threw, with the stack down to its own code: the first place is a line that its author can mend. */
export function faultOf(
  code: RewardFault['code'],
  { kind, doing, ownFolder }: { kind: HostedKind; doing: string; ownFolder: string },
  thrown: unknown,
): RewardFault {
  const message = `the ${kind} ${doing} ${describeThrown(thrown)}`;
  const frames = thrown instanceof Error ? usersFrames(thrown.stack ?? '', ownFolder) : [];
  const [first] = frames;
  if (first === undefined) return { code, message };
  const where = /\(?((?:file:\/\/)?[^()]+:\d+:\d+)\)?$/.exec(first)?.[1]?.replace(/^at (async )?/, '');
  return { code, message, stack: [describeThrown(thrown), ...frames].join('\n'), ...(where ? { where } : {}) };
}

function describeThrown(thrown: unknown): string {
  if (!(thrown instanceof Error)) {
    return typeof thrown === 'object' && thrown !== null ? 'an object that is not an Error' : String(thrown);
  }
  const cause = thrown.cause instanceof Error ? ` (${thrown.cause.message})` : '';
  const name = thrown instanceof RlpromptError ? thrown.code : thrown.name;
  return `${name}: ${thrown.message}${cause}`.slice(0, 500);
}

function usersFrames(stack: string, ownFolder: string): string[] {
  return stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at ') && !/node:|[/\\]node_modules[/\\]jiti[/\\]/.test(line))
    .filter((line) => !line.includes(ownFolder))
    .slice(0, FRAMES_KEPT);
}
