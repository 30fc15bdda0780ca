import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { softQLoss } from '../../src/losses/soft-q.js';
import { adamStep, createAdamState } from '../../src/policy/parameters/adam.js';
import { clipGlobalNorm } from '../../src/policy/parameters/clip-global-norm.js';
import { copyParameters, PARAMETER_NAMES } from '../../src/policy/parameters/mlp-parameters.js';
import { polyakUpdate } from '../../src/policy/parameters/polyak.js';
import { PolicyHead } from '../../src/policy/policy-head.js';
import { relativeError } from '../losses/numerical-gradient.js';
import type { Parameters } from './reference-policy.js';

interface Golden {
  shapes: { w1: [number, number]; head: [number, number]; hidden: [number, number, number] };
  learningRate: number;
  tau: number;
  clipNorm: number;
  logitBias: number;
  head: number[];
  policy: Parameters;
  target: Parameters;
  steps: {
    hidden: number[];
    actions: number[];
    rewards: number[];
    loss: number;
    gradNorm: number;
    clippedGrads: Parameters;
    policyAfter: Parameters;
  }[];
}

const golden = JSON.parse(readFileSync('tests/fixtures/goldens/policy-update.json', 'utf8')) as Golden;

it('three whole updates of soft Q-learning agree with the public implementation', async () => {
  const [hiddenSize, innerSize] = golden.shapes.w1;
  const [batch, time] = golden.shapes.hidden;
  const shape = { hiddenSize, innerSize, vocabularySize: golden.shapes.head[1] };
  const common = { ...shape, headWeights: golden.head, logitBias: golden.logitBias };
  const head = await PolicyHead.create({ ...common, parameters: golden.policy });
  const targetNetwork = copyParameters((await PolicyHead.create({ ...common, parameters: golden.target })).parameters);
  const adam = createAdamState(shape);

  for (const step of golden.steps) {
    polyakUpdate(targetNetwork, head.parameters, golden.tau);
    const evaluation = await head.evaluate(step.hidden, step.actions);
    const { values: targetValues } = await head.logProbs(step.hidden, step.actions, { parameters: targetNetwork });
    const { logProbs } = evaluation;
    const { loss, weights } = softQLoss({ batch, time, logProbs, targetValues, rewards: step.rewards, kind: 'both' });
    expect(Math.abs(loss / step.loss - 1)).toBeLessThan(1e-5);

    const gradients = await evaluation.gradients({ weights });
    const { norm, factor } = clipGlobalNorm(gradients, golden.clipNorm);
    expect(Math.abs(norm / step.gradNorm - 1)).toBeLessThan(1e-5);
    adamStep(head.parameters, gradients, adam, { learningRate: golden.learningRate, gradientFactor: factor });
    for (const name of PARAMETER_NAMES) {
      const clipped = gradients[name].map((slope) => slope * factor);
      expect(relativeError(clipped, step.clippedGrads[name]), `gradient ${name}`).toBeLessThan(1e-4);
      expect(relativeError(head.parameters[name], step.policyAfter[name]), `parameter ${name}`).toBeLessThan(1e-4);
    }
  }
});
