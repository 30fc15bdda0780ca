import { availableParallelism } from 'node:os';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { firstLine, RlpromptError } from '../../../errors.js';
import { addressesRefused, requireAddresses } from '../../../files/memory-limits.js';
import { metered } from '../runtime/runtime-meter.js';
import { turnOffReports } from '../runtime/runtime-reports.js';
import { type RemoteSession, runtimeThread } from '../runtime/runtime-thread.js';
import { feedMemory } from '../runtime/shared-memory.js';

export interface SessionOptions {
  /** Threads of one call; default: the cores, or half of them where there are more than four. */
  readonly threads?: number | undefined;
  /** Execution provider: `cpu` (default), `cuda`, `dml`, `coreml` … as far as the installed runtime has it. */
  readonly device?: string | undefined;
  /** Gives memory back after each call in place of keeping it for the next: for graphs whose values are large. */
  readonly returnsMemory?: boolean | undefined;
  /** Computes in the runtime's own thread: for graphs whose calls would block this one too long. */
  readonly inThread?: boolean | undefined;
}

export type TensorType = 'float32' | 'float16' | 'int64' | 'int32' | 'bool';
export type TensorData = Float32Array | Uint16Array | BigInt64Array | Int32Array | Uint8Array;
export type Feeds = Readonly<Record<string, Tensor>>;

/** A loaded graph. Calls run one after the other. */
export interface OnnxSession {
  tensor(type: TensorType, data: TensorData, dims: readonly number[]): Tensor;
  /** Memory for what is fed to one call, without a copy; a call of the runtime's thread takes it over. */
  memory(bytes: number): ArrayBuffer;
  /** Computes the named outputs. */
  run<Name extends string>(feeds: Feeds, outputs: readonly Name[]): Promise<Record<Name, Tensor>>;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  dispose(): Promise<void>;
}

/** Where a graph lies: a file (needed for external data), or bytes that were built in memory. */
export type GraphSource = { readonly path: string } | { readonly bytes: Uint8Array };

/** Loads a graph into the runtime, which is itself loaded on first use. */
export async function createSession(source: GraphSource, options: SessionOptions = {}): Promise<OnnxSession> {
  const runtime = await importRuntime();
  const settings = sessionSettings(runtime, options);
  const session = await openSession(runtime, source, settings, options);
  return {
    tensor: (type, data, dims) => new runtime.Tensor(type, data as Tensor.DataType, dims) as Tensor,
    memory: (bytes) => (options.inThread ? feedMemory(bytes) : new ArrayBuffer(bytes)),
    run: async <Name extends string>(feeds: Feeds, outputs: readonly Name[]) => {
      try {
        // The runtime gives what it is asked for, or throws.
        return (await metered(() => session.run(feeds, outputs))) as Record<Name, Tensor>;
      } catch (cause) {
        throw runError(source, cause);
      }
    },
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    dispose: () => session.release(),
  };
}

/** How a graph is run, for a library that makes its sessions itself. */
export async function settingsOf(options: SessionOptions): Promise<InferenceSession.SessionOptions> {
  return sessionSettings(await importRuntime(), options);
}

function sessionSettings(runtime: Runtime, options: SessionOptions): InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: options.threads ?? defaultThreads(),
    interOpNumThreads: 1,
    executionProviders: executionProviders(options.device ?? 'cpu', runtime.listSupportedBackends()),
    logSeverityLevel: 4,
    enableCpuMemArena: !options.returnsMemory,
    extra: {
      session: {
        // Several sessions take turns; threads of one that spin while they wait would slow the others down.
        intra_op: { allow_spinning: '0' },
        // Fusing DequantizeLinear with a product would quantise the activations too: a row would depend on its batch.
        disable_quant_qdq: '1',
      },
    },
  };
}

/** More do not make the products of one call quicker. */
export const MOST_THREADS = 16;

/** Hyper-threads do not help matrix products, so larger machines are taken to have two threads a core. */
export function defaultThreads(): number {
  const processors = availableParallelism();
  return processors <= 4 ? processors : Math.min(MOST_THREADS, Math.floor(processors / 2));
}

type Runtime = typeof import('onnxruntime-node');

async function importRuntime(): Promise<Runtime> {
  requireAddresses();
  turnOffReports();
  try {
    const runtime = await import('onnxruntime-node');
    // What goes wrong is thrown; the library would print it, too.
    runtime.env.logLevel = 'fatal';
    return runtime;
  } catch (cause) {
    throw new RlpromptError({
      code: 'E_RUNTIME_MISSING',
      exit: 'unavailable',
      message: `onnxruntime-node could not be loaded: ${cause instanceof Error ? cause.message : cause}`,
      next: 'npm install onnxruntime-node@1.30.0',
      cause,
    });
  }
}

function executionProviders(device: string, supported: readonly { name: string }[]): string[] {
  if (device === 'cpu') return ['cpu'];
  const names = supported.map((backend) => backend.name);
  if (names.includes(device)) return [device, 'cpu'];
  throw deviceError(device, `the installed runtime has no device ${JSON.stringify(device)}, only ${names.join(', ')}`);
}

/** Execution providers that the installed runtime knows; all but `cpu` need libraries or drivers of their own. */
export async function knownDevices(): Promise<string[]> {
  return (await importRuntime()).listSupportedBackends().map(({ name }) => name);
}

/** A graph where it was loaded. */
interface LoadedGraph extends Pick<OnnxSession, 'inputNames' | 'outputNames'> {
  run(feeds: Feeds, outputs: readonly string[]): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

/** Loads a graph in this thread. */
async function open(
  runtime: Runtime,
  model: string | Uint8Array,
  settings: InferenceSession.SessionOptions,
): Promise<LoadedGraph> {
  const session =
    typeof model === 'string'
      ? await runtime.InferenceSession.create(model, settings)
      : await runtime.InferenceSession.create(model, settings);
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: async (feeds, outputs) => (await session.run(feeds, outputs)) as Record<string, Tensor>,
    release: () => session.release(),
  };
}

/** What a graph in the thread computes comes without the class of a tensor. */
function fromThread(runtime: Runtime, session: RemoteSession): LoadedGraph {
  return {
    ...session,
    run: async (feeds, outputs) =>
      Object.fromEntries(
        Object.entries(await session.run(feeds, outputs)).map(([name, { type, data, dims }]) => [
          name,
          new runtime.Tensor(type, data, dims) as Tensor,
        ]),
      ),
    release: async () => session.release(),
  };
}

async function openSession(
  runtime: Runtime,
  source: GraphSource,
  settings: InferenceSession.SessionOptions,
  { device = 'cpu', inThread = false }: SessionOptions,
): Promise<LoadedGraph> {
  const model = 'path' in source ? source.path : source.bytes;
  try {
    return inThread
      ? fromThread(runtime, await runtimeThread.open(model, settings))
      : await open(runtime, model, settings);
  } catch (cause) {
    const reason = firstLine(cause);
    if (device !== 'cpu') {
      const known = runtime.listSupportedBackends().map(({ name }) => name);
      const why = (/Failed to .*/.exec(reason)?.[0] ?? reason).slice(0, 200);
      throw deviceError(device, `${device} cannot be used here: ${why} (the runtime knows ${known.join(', ')})`, cause);
    }
    const where = 'path' in source ? source.path : undefined;
    const next = 'fetch or export the model again';
    const message = `the runtime refuses this model: ${reason}`;
    throw (
      addressesRefused(reason, where) ??
      new RlpromptError({ code: 'E_MODEL_LOAD', exit: 'data', message, where, next, cause })
    );
  }
}

/** What went wrong in a call of the runtime: E_MODEL_MEMORY or E_MODEL_RUN. */
export function runError(source: GraphSource, cause: unknown): RlpromptError {
  const reason = firstLine(cause);
  const isMemory = /alloc|out of memory/i.test(reason);
  const where = 'path' in source ? source.path : undefined;
  const refused = addressesRefused(reason, where);
  if (refused) return refused;
  return new RlpromptError({
    code: isMemory ? 'E_MODEL_MEMORY' : 'E_MODEL_RUN',
    exit: 'data',
    message: `the runtime ${isMemory ? 'has not the memory for' : 'cannot compute'} this graph: ${reason.slice(0, 200)}`,
    where,
    next: isMemory ? 'a smaller --max-memory or --batch-size, or a smaller model' : 'fetch or export the model again',
    cause,
  });
}

function deviceError(device: string, message: string, cause?: unknown): RlpromptError {
  return new RlpromptError({
    code: 'E_DEVICE',
    exit: 'unavailable',
    message,
    where: `--device ${device}`,
    next: 'use --device cpu',
    cause,
  });
}
