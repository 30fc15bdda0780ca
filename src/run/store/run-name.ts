import { basename } from 'node:path';
import { RlpromptError } from '../../errors.js';

/** What Windows keeps for devices, with any extension. */
const DEVICE_NAME = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/i;
const MAX_NAME_BYTES = 200;

/**
 * Refuses names of run folders that some system cannot hold or that would be taken for something else.
 *
 * @throws RlpromptError `E_RUN_NAME`
 */
export function checkRunPath(path: string): void {
  const name = basename(path);
  const problem = problemOf(path, name);
  if (problem === undefined) return;
  throw new RlpromptError({
    code: 'E_RUN_NAME',
    exit: 'config',
    message: `${JSON.stringify(path.slice(0, 60))} cannot be a run folder: ${problem}`,
    where: '--out',
    kept: 'nothing was created',
    next: 'choose a name of letters, digits, hyphens and dots, for instance --out runs/spam-1',
  });
}

function problemOf(path: string, name: string): string | undefined {
  if (/[\0-\x1f\x7f]/.test(path)) return 'it holds a control character';
  if (path.trim() === '') return 'it is empty';
  if (/^~($|[/\\])/.test(path)) return 'the shell put no home folder in place of ~, write it as "$HOME"';
  if (name.startsWith('-')) return 'it begins with a hyphen and would be read as a flag';
  if (DEVICE_NAME.test(name)) return 'Windows keeps this name for a device';
  if (/[. ]$/.test(name) && !/^\.{1,2}$/.test(name)) return 'it ends with a dot or a blank';
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `it is longer than ${MAX_NAME_BYTES} bytes`;
  return undefined;
}

/** `spam-20251122-070511`: the task's name, made safe, and the local time. */
export function defaultRunName(task: string, now: Date): string {
  const safe = task
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${safe || 'run'}-${date}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
