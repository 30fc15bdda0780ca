import { type FileSystem, nodeFileSystem } from '../../../src/files/file-system.js';

export type Fault = { readonly errno: string } | { readonly shortWrite: true } | { readonly kill: 'before' | 'after' };

/**
 * The real file system, with a fault at operation number `at` (the first is 1), once or from there on. Without `at`
 * it only counts.
 */
export function faultyFileSystem(plan: { at?: number; fault?: Fault; always?: boolean } = {}): {
  fs: FileSystem;
  operations: string[];
} {
  const operations: string[] = [];
  const isDue = (): boolean =>
    plan.at !== undefined && (plan.always ? operations.length >= plan.at : operations.length === plan.at);
  const wrap = (name: keyof FileSystem): [string, unknown] => [
    name,
    (...parameters: unknown[]): unknown => {
      operations.push(name);
      const run = nodeFileSystem[name] as (...given: unknown[]) => unknown;
      return isDue() && plan.fault ? runWithFault(plan.fault, name, run, parameters) : run(...parameters);
    },
  ];
  const names = Object.keys(nodeFileSystem) as (keyof FileSystem)[];
  return { fs: Object.fromEntries(names.map(wrap)) as unknown as FileSystem, operations };
}

function runWithFault(
  fault: Fault,
  name: string,
  run: (...given: unknown[]) => unknown,
  parameters: unknown[],
): unknown {
  if ('errno' in fault) {
    // Linux gives the descriptor back whatever close says.
    if (name === 'close') run(...parameters);
    throw Object.assign(new Error(`${fault.errno}: made up, ${name}`), { code: fault.errno });
  }
  if ('shortWrite' in fault) {
    if (name !== 'write') return run(...parameters);
    const bytes = parameters[1] as Uint8Array;
    return run(parameters[0], bytes.subarray(0, Math.floor(bytes.length / 2)));
  }
  if (fault.kill === 'before') process.kill(process.pid, 'SIGKILL');
  const result = run(...parameters);
  process.kill(process.pid, 'SIGKILL');
  return result;
}
