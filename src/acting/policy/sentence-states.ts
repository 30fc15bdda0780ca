import { pooledStates, type StateSource } from '../../preferences/pooled-states.js';

/**
 * What the frozen LM makes of texts, read sentence by sentence. The last state of a small LM after a whole observation tells
 * situations apart less well than the mean over its sentences does, and a sentence is read once, wherever it stands.
 */
export class SentenceStates {
  private readonly phrases = new Map<string, Promise<Float32Array>>();
  private readonly observations = new Map<string, Promise<Float32Array>>();

  constructor(private readonly source: StateSource) {}

  get hiddenSize(): number {
    return this.source.hiddenStates.hiddenSize;
  }

  /** The state of the last sentence, which says what is to be done, then the mean over all of them, [2 * hiddenSize]. */
  observation(text: string): Promise<Float32Array> {
    return once(this.observations, text, () => this.join(text.trim().split(/(?<=[.!?])\s+/)));
  }

  /** The mean of the states after each token, of root mean square 1, [hiddenSize]. */
  phrase(text: string): Promise<Float32Array> {
    return once(this.phrases, text, () => this.read(text));
  }

  private async join(sentences: readonly string[]): Promise<Float32Array> {
    const states: Float32Array[] = [];
    for (const sentence of sentences) states.push(await this.phrase(sentence));
    const both = new Float32Array(2 * this.hiddenSize);
    both.set(states.at(-1) ?? []);
    const mean = both.subarray(this.hiddenSize);
    for (const state of states) {
      for (const [j, value] of state.entries()) mean[j] = (mean[j] ?? 0) + value / states.length;
    }
    return both;
  }

  private async read(text: string): Promise<Float32Array> {
    const [pooled = new Float64Array()] = await pooledStates(this.source, [text]);
    const size = Math.sqrt(pooled.reduce((sum, value) => sum + value * value, 0) / pooled.length) || 1;
    return Float32Array.from(pooled, (value) => value / size);
  }
}

/** What is known of a text, computed where it is not known yet. */
function once<Value>(known: Map<string, Value>, text: string, compute: () => Value): Value {
  const found = known.get(text);
  if (found !== undefined) return found;
  const value = compute();
  known.set(text, value);
  return value;
}
