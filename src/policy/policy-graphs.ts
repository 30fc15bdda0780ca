import { GraphBuilder } from '../lm/onnx/graph/graph-builder.js';

/**
 * The policy's graphs. None holds weights: the head is fed from the one array in memory, which the runtime reads in place, so
 * that any number of graphs, parameter sets and policies share a head of 100 MB or more.
 *
 * Shapes: n rows, h hidden, m inner, v vocabulary; `bias` is [v] or [1].
 */

/** Whose logits: the policy's, (MLP(x) + β x) · head + bias, or the frozen LM's own, x · head + bias. */
export type LogitsSource = 'policy' | 'lm';

/** Which term's gradient is prepared beside that of log π. */
export type Regulariser = 'none' | 'entropy' | 'kl';

/**
 * Candidates for sampling. In: `mask` [v] or [1], added for sampling only, and `topK` [1] unless all logits are wanted.
 * Out: `values` [n, 1] of the unmasked policy, `logits` [n, k], `tokenIds` [n, k] with `topK`.
 */
export function samplingGraph({ topK }: { topK: boolean }): Uint8Array {
  const graph = new GraphBuilder('policy-sampling');
  const logits = logitsOf(graph, 'policy');
  graph.output(logSumExp(graph, logits).values, 'float32', ['n', 1]);
  const masked = graph.node('Add', [logits, graph.input('mask', 'float32', ['maskWidth'])], { name: 'logits' });
  if (!topK) {
    graph.output(masked, 'float32', ['n', 'v']);
    return graph.build();
  }
  const k = graph.input('topK', 'int64', [1]);
  const [largest, tokenIds] = graph.nodes('TopK', [masked, k], {
    outputs: 2,
    name: 'candidates',
    attributes: { axis: 1, largest: 1, sorted: 1 },
  });
  graph.output(graph.node('Identity', [largest!], { name: 'candidateLogits' }), 'float32', ['n', 'k']);
  graph.output(graph.node('Identity', [tokenIds!], { name: 'tokenIds' }), 'int64', ['n', 'k']);
  return graph.build();
}

/** In: `actions` [n, 1]. Out: `logProbs`, `values`, both [n, 1]. */
export function logProbsGraph(source: LogitsSource): Uint8Array {
  const graph = new GraphBuilder(`${source}-log-probs`);
  const logits = logitsOf(graph, source);
  outputLogProbs(graph, logits, logSumExp(graph, logits).values);
  return graph.build();
}

/**
 * Everything a gradient needs that is as wide as the vocabulary, reduced to the hidden size, before the loss and its weights
 * are known. With p = π(·|s), ∂ log π(a)/∂y = head[:, a] − head·p, so `meanColumns` = p · headᵀ is all; and with
 * d = logits − (LM's logits for `kl`, 0 for `entropy`), ∂ Σ p d-terms/∂y = (p ⊙ d) · headᵀ − (p·d) (p · headᵀ).
 *
 * Out beside those of `logProbsGraph`: `entropies` [n, 1], `meanColumns` [n, h]; with a regulariser `regulariserColumns` [n, h],
 * the gradient of the entropy or of KL(π ‖ LM) with respect to the MLP's output; with `kl` also `kls` [n, 1].
 */
export function evaluationGraph(regulariser: Regulariser): Uint8Array {
  const graph = new GraphBuilder(`policy-evaluation-${regulariser}`);
  const logits = logitsOf(graph, 'policy');
  const { values, exponentials, sums } = logSumExp(graph, logits);
  outputLogProbs(graph, logits, values);

  const expected = (perToken: string) => {
    const weighted = graph.node('Mul', [exponentials, perToken]);
    const mean = graph.node('Div', [reduce(graph, 'ReduceSum', weighted), sums]);
    return { weighted, mean };
  };
  const ofLogits = expected(logits);
  graph.output(graph.node('Sub', [values, ofLogits.mean], { name: 'entropies' }), 'float32', ['n', 1]);
  const columns = (perToken: string, name: string) =>
    graph.node('Div', [graph.node('Gemm', [perToken, 'head'], { attributes: { transB: 1 } }), sums], { name });
  const meanColumns = columns(exponentials, 'meanColumns');
  graph.output(meanColumns, 'float32', ['n', 'h']);
  if (regulariser === 'none') return graph.build();

  let term = ofLogits;
  if (regulariser === 'kl') {
    const lmLogits = graph.node('Gemm', ['hidden', 'head', graph.input('lmBias', 'float32', ['lmBiasWidth'])]);
    term = expected(graph.node('Sub', [logits, lmLogits]));
    const excess = graph.node('Sub', [logSumExp(graph, lmLogits, 'lmValues').values, values]);
    graph.output(graph.node('Add', [term.mean, excess], { name: 'kls' }), 'float32', ['n', 1]);
  }
  const covariance = graph.node('Sub', [
    columns(term.weighted, 'termColumns'),
    graph.node('Mul', [term.mean, meanColumns]),
  ]);
  const direction = regulariser === 'kl' ? 'Identity' : 'Neg';
  graph.output(graph.node(direction, [covariance], { name: 'regulariserColumns' }), 'float32', ['n', 'h']);
  return graph.build();
}

/** In: `outputGradients` [n, h], of the MLP's output. Out: the gradients `w1` … `b2`, named `gradient_w1` … `gradient_b2`. */
export function backwardGraph(): Uint8Array {
  const graph = new GraphBuilder('policy-backward');
  const { hidden, preActivation, inner } = mlpInner(graph);
  graph.input('w2', 'float32', ['m', 'h']);
  const outputGradients = graph.input('outputGradients', 'float32', ['n', 'h']);
  const transposedFirst = { attributes: { transA: 1 } };
  const columnSum = (rows: string, name: string) =>
    graph.node('ReduceSum', [rows, graph.constant(`${name}_axis`, BigInt64Array.of(0n), [1])], {
      name,
      attributes: { keepdims: 0 },
    });

  const w2 = graph.node('Gemm', [inner, outputGradients], { ...transposedFirst, name: 'gradient_w2' });
  const innerGradients = graph.node('Gemm', [outputGradients, 'w2'], { attributes: { transB: 1 } });
  const isActive = graph.node('Greater', [preActivation, graph.constant('zero', Float32Array.of(0), [1])]);
  const active = graph.node('Cast', [isActive], { attributes: { to: 1 } });
  const preGradients = graph.node('Mul', [innerGradients, active]);
  const w1 = graph.node('Gemm', [hidden, preGradients], { ...transposedFirst, name: 'gradient_w1' });
  graph.output(w1, 'float32', ['h', 'm']);
  graph.output(columnSum(preGradients, 'gradient_b1'), 'float32', ['m']);
  graph.output(w2, 'float32', ['m', 'h']);
  graph.output(columnSum(outputGradients, 'gradient_b2'), 'float32', ['h']);
  return graph.build();
}

function mlpInner(graph: GraphBuilder) {
  const hidden = graph.input('hidden', 'float32', ['n', 'h']);
  const w1 = graph.input('w1', 'float32', ['h', 'm']);
  const b1 = graph.input('b1', 'float32', ['m']);
  const preActivation = graph.node('Gemm', [hidden, w1, b1]);
  return { hidden, preActivation, inner: graph.node('Relu', [preActivation]) };
}

function logitsOf(graph: GraphBuilder, source: LogitsSource): string {
  const output = source === 'lm' ? graph.input('hidden', 'float32', ['n', 'h']) : mlpOutput(graph);
  const head = graph.input('head', 'float32', ['h', 'v']);
  return graph.node('Gemm', [output, head, graph.input('bias', 'float32', ['biasWidth'])]);
}

/** MLP(x) + β x: β times the LM's own logits is β times the hidden state, before the head. */
function mlpOutput(graph: GraphBuilder): string {
  const { hidden, inner } = mlpInner(graph);
  const w2 = graph.input('w2', 'float32', ['m', 'h']);
  const output = graph.node('Gemm', [inner, w2, graph.input('b2', 'float32', ['h'])]);
  const prior = graph.node('Mul', [hidden, graph.input('priorWeight', 'float32', [1])]);
  return graph.node('Add', [output, prior]);
}

/** logsumexp with the largest logit taken out first; exponentials are relative to it, [n, v], sums [n, 1]. */
function logSumExp(graph: GraphBuilder, logits: string, name = 'values') {
  const largest = reduce(graph, 'ReduceMax', logits);
  const exponentials = graph.node('Exp', [graph.node('Sub', [logits, largest])]);
  const sums = reduce(graph, 'ReduceSum', exponentials);
  const values = graph.node('Add', [largest, graph.node('Log', [sums])], { name });
  return { values, exponentials, sums };
}

function reduce(graph: GraphBuilder, operator: 'ReduceMax' | 'ReduceSum', rows: string): string {
  const axis = graph.constant(`${operator}_${rows}_axis`, BigInt64Array.of(1n), [1]);
  return graph.node(operator, [rows, axis], { attributes: { keepdims: 1 } });
}

function outputLogProbs(graph: GraphBuilder, logits: string, values: string): void {
  const actions = graph.input('actions', 'int64', ['n', 1]);
  const chosen = graph.node('GatherElements', [logits, actions], { attributes: { axis: 1 } });
  graph.output(graph.node('Sub', [chosen, values], { name: 'logProbs' }), 'float32', ['n', 1]);
  graph.output(values, 'float32', ['n', 1]);
}
