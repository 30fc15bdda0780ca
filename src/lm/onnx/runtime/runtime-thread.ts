import { createRequire } from 'node:module';
import { type MessagePort, Worker } from 'node:worker_threads';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { runtimeCalls } from './runtime-calls.js';
import { turnOffReports } from './runtime-reports.js';
import { needsNoCopy, numberOfConstant } from './shared-memory.js';

/** A tensor as it travels between threads. */
interface PlainTensor {
  readonly type: Tensor.Type;
  readonly data: Tensor.DataType;
  readonly dims: readonly number[];
  /** Goes with data that never change. */
  readonly constant?: number | undefined;
}

type PlainTensors = Readonly<Record<string, PlainTensor>>;

type Request =
  | {
      readonly kind: 'open';
      readonly source: string | Uint8Array;
      readonly settings: InferenceSession.SessionOptions;
    }
  | {
      readonly kind: 'run';
      readonly session: number;
      readonly feeds: PlainTensors;
      readonly outputs: readonly string[];
    }
  | { readonly kind: 'close'; readonly session: number }
  | { readonly kind: 'forget'; readonly constant: number };

interface Opened {
  readonly session: number;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

type Answer =
  | { readonly id: number; readonly value: Opened | PlainTensors }
  | { readonly id: number; readonly failure: string };

/** A graph in the runtime's thread. */
export interface RemoteSession extends Omit<Opened, 'session'> {
  run(feeds: Readonly<Record<string, Tensor>>, outputs: readonly string[]): Promise<PlainTensors>;
  /** Frees the graph once its calls have ended. */
  release(): void;
}

interface Waiting {
  readonly resolve: (value: Opened | PlainTensors) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The thread in which the runtime computes large graphs. A call blocks its thread, for a second with a model of a hundred million
 * parameters: in the main thread it would block screen, keys and signals. One thread serves all sessions, which take turns anyway.
 */
class RuntimeThread {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 0;
  private readonly constants = new FinalizationRegistry<number>((constant) => this.send({ kind: 'forget', constant }));
  private readonly fed = new WeakSet<object>();

  /** @throws Error with the runtime's own message */
  async open(source: string | Uint8Array, settings: InferenceSession.SessionOptions): Promise<RemoteSession> {
    const { session, ...names } = (await this.ask({ kind: 'open', source, settings })) as Opened;
    return {
      ...names,
      run: async (feeds, outputs) => {
        const plain = this.toPlain(feeds);
        return (await this.ask({ kind: 'run', session, feeds: plain, outputs }, buffersOf(plain))) as PlainTensors;
      },
      release: () => this.send({ kind: 'close', session }),
    };
  }

  /** What needs no answer. */
  private send(request: Request): void {
    this.worker?.postMessage(request);
  }

  /** What has to be copied is copied and moved: sent as it is, it would be copied twice, and with all of its buffer. */
  private toPlain(feeds: Readonly<Record<string, Tensor>>): PlainTensors {
    const plain = Object.entries(feeds).map(([name, { type, dims, data }]): [string, PlainTensor] => {
      const values = data as Float32Array;
      if (!needsNoCopy(values)) return [name, { type, dims, data: values.slice() }];
      const constant = numberOfConstant(values);
      if (constant !== undefined && !this.fed.has(values)) {
        this.fed.add(values);
        this.constants.register(values, constant);
      }
      return [name, { type, dims, data: values, constant }];
    });
    return Object.fromEntries(plain);
  }

  private ask(request: Request, moved: ArrayBuffer[] = []): Promise<Opened | PlainTensors> {
    return runtimeCalls.count(
      () =>
        new Promise((resolve, reject) => {
          const worker = this.start();
          const id = this.nextId++;
          this.waiting.set(id, { resolve, reject });
          // An answer that is waited for keeps the process alive.
          worker.ref();
          worker.postMessage({ id, ...request }, moved);
        }),
    );
  }

  private start(): Worker {
    if (this.worker) return this.worker;
    turnOffReports();
    const library = createRequire(import.meta.url).resolve('onnxruntime-node');
    const worker = new Worker(`(${serve})(require)`, { eval: true, execArgv: [], workerData: { library } });
    worker.on('message', (answer: Answer) => this.settle(answer));
    worker.on('error', (error) => this.fail(error));
    worker.on('exit', () => this.fail(new Error('the thread of the runtime has ended')));
    this.worker = worker;
    return worker;
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (this.waiting.size === 0) this.worker?.unref();
    if ('value' in answer) waiting?.resolve(answer.value);
    else waiting?.reject(new Error(answer.failure));
  }

  private fail(error: Error): void {
    this.worker = undefined;
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of all) reject(error);
  }
}

export const runtimeThread = new RuntimeThread();

function buffersOf(tensors: PlainTensors): ArrayBuffer[] {
  const buffers = Object.values(tensors).map(({ data }) => (data as Float32Array).buffer);
  return buffers.filter((buffer) => buffer instanceof ArrayBuffer);
}

/** What the thread does. It is sent as source text, so it may use nothing from outside but what it is given. */
function serve(load: NodeJS.Require): void {
  const { parentPort, workerData } = load('node:worker_threads') as {
    parentPort: MessagePort;
    workerData: { library: string };
  };
  const runtime = load(workerData.library) as typeof import('onnxruntime-node');
  runtime.env.logLevel = 'fatal';
  const sessions = new Map<number, InferenceSession>();
  let count = 0;
  // Constants are shared. Some versions of Node let no add-on read such memory; then each is copied once.
  let readsShared = true;
  const copies = new Map<number, Tensor.DataType>();

  const readable = ({ data, constant }: PlainTensor): Tensor.DataType => {
    if (readsShared || constant === undefined) return data;
    const copy = copies.get(constant) ?? (data as Float32Array).slice();
    copies.set(constant, copy);
    return copy;
  };

  const open = async (source: string | Uint8Array, settings: InferenceSession.SessionOptions): Promise<Opened> => {
    const opened =
      typeof source === 'string'
        ? await runtime.InferenceSession.create(source, settings)
        : await runtime.InferenceSession.create(source, settings);
    count += 1;
    sessions.set(count, opened);
    return { session: count, inputNames: opened.inputNames, outputNames: opened.outputNames };
  };

  const compute = (id: number, feeds: PlainTensors, outputs: readonly string[]) => {
    const tensors: Record<string, Tensor> = {};
    for (const [name, feed] of Object.entries(feeds)) {
      tensors[name] = new runtime.Tensor(feed.type, readable(feed), feed.dims) as Tensor;
    }
    return (sessions.get(id) as InferenceSession).run(tensors, outputs);
  };

  const run = async (id: number, feeds: PlainTensors, outputs: readonly string[]): Promise<PlainTensors> => {
    const results = await compute(id, feeds, outputs).catch((error: unknown) => {
      const isRefused = readsShared && Object.values(feeds).some(({ constant }) => constant !== undefined);
      if (!isRefused) throw error;
      readsShared = false;
      return compute(id, feeds, outputs);
    });
    const plain: Record<string, PlainTensor> = {};
    for (const [name, { type, data, dims }] of Object.entries(results)) plain[name] = { type, data, dims };
    return plain;
  };

  parentPort.on('message', async (request: Request & { id: number }) => {
    const { id } = request;
    try {
      if (request.kind === 'close') {
        await sessions.get(request.session)?.release();
        sessions.delete(request.session);
      } else if (request.kind === 'forget') {
        copies.delete(request.constant);
      } else if (request.kind === 'open') {
        parentPort.postMessage({ id, value: await open(request.source, request.settings) });
      } else {
        const value = await run(request.session, request.feeds, request.outputs);
        const buffers = Object.values(value).map(({ data }) => (data as Float32Array).buffer);
        parentPort.postMessage({ id, value }, buffers as ArrayBuffer[]);
      }
    } catch (error) {
      if (request.kind === 'open' || request.kind === 'run') {
        parentPort.postMessage({ id, failure: error instanceof Error ? error.message : String(error) });
      }
    }
  });
}
