import { createSession, type OnnxSession, type SessionOptions } from '../lm/onnx/run/session.js';
import { backwardGraph, evaluationGraph, logProbsGraph, samplingGraph } from './policy-graphs.js';

const GRAPHS = {
  sampling: () => samplingGraph({ topK: true }),
  allLogits: () => samplingGraph({ topK: false }),
  logProbs: () => logProbsGraph('policy'),
  lmLogProbs: () => logProbsGraph('lm'),
  evaluation: () => evaluationGraph('none'),
  evaluationWithEntropy: () => evaluationGraph('entropy'),
  evaluationWithKl: () => evaluationGraph('kl'),
  backward: () => backwardGraph(),
} as const;

export type PolicyGraphName = keyof typeof GRAPHS;
export type PolicyFeeds = Readonly<Record<string, { data: Float32Array | BigInt64Array; dims: readonly number[] }>>;

/** The policy's graphs in the runtime, each loaded when it is first needed. */
export class PolicySessions {
  private readonly sessions = new Map<PolicyGraphName, Promise<OnnxSession>>();

  constructor(private readonly options: SessionOptions) {}

  /** Runs a graph; feeds it does not take are left out. @returns its float outputs, and ids as BigInt64Array */
  async run(name: PolicyGraphName, feeds: PolicyFeeds): Promise<Record<string, Float32Array | BigInt64Array>> {
    const session = await this.session(name);
    const tensors = session.inputNames.map((input) => {
      const { data, dims } = feeds[input]!;
      return [input, session.tensor(data instanceof BigInt64Array ? 'int64' : 'float32', data, dims)] as const;
    });
    const results = await session.run(Object.fromEntries(tensors), session.outputNames);
    return Object.fromEntries(
      Object.entries(results).map(([output, tensor]) => [output, tensor.data as Float32Array | BigInt64Array]),
    );
  }

  async dispose(): Promise<void> {
    const opened = await Promise.all(this.sessions.values());
    this.sessions.clear();
    await Promise.all(opened.map((session) => session.dispose()));
  }

  private session(name: PolicyGraphName): Promise<OnnxSession> {
    let session = this.sessions.get(name);
    if (!session) {
      session = createSession({ bytes: GRAPHS[name]() }, this.options);
      this.sessions.set(name, session);
    }
    return session;
  }
}
