import type { RunConfig } from '../../../config/run-config.js';
import { RlpromptError } from '../../../errors.js';
import { readEndpointSettings } from '../../../lm/endpoint/client/endpoint-settings.js';
import { isEndpointName } from '../../../lm/endpoint/endpoint-name.js';
import type { Task } from '../../../task/types.js';

/** The settings that may name a model behind a service. */
const MODELS = ['target', 'styleModel', 'fluencyModel', 'judge'] as const;

/**
 * Refuses, before a model is loaded or a service asked, a service where it cannot serve and one without an address.
 * @throws RlpromptError `E_ENDPOINT_…`
 */
export function checkEndpoints(task: Pick<Task, 'name' | 'kind'>, config: RunConfig): void {
  if (isEndpointName(config.generator)) {
    throw unfit(
      `${config.generator} cannot be the generator LM: a service gives no hidden states`,
      '--generator',
      'name a causal ONNX model: an embedded name, a folder or a hub id',
    );
  }
  const hasService = MODELS.some((key) => isEndpointName(config[key] ?? ''));
  checkSpending(config, hasService);
  if (!hasService) return;
  const { api } = readEndpointSettings(config);
  const fluencyModel = config.fluencyModel ?? config.target;
  if (task.kind === 'style-transfer' && api === 'chat' && isEndpointName(fluencyModel)) {
    throw unfit(
      `${fluencyModel} cannot say how fluent an output is: a chat service gives no log-probabilities of a given text`,
      '--fluency-model',
      'name a causal ONNX model as --fluency-model',
    );
  }
}

/** Limits that could not be kept, or would say nothing, are refused. */
function checkSpending({ maxTokens, maxCost, maxRequests, price }: RunConfig, hasService: boolean): void {
  if (maxCost !== undefined && price === undefined) {
    throw unfit(
      '--max-cost needs the price of the service',
      '--price',
      '--price 0.15,0.60 for a million tokens read and written',
    );
  }
  const given = { '--max-tokens': maxTokens, '--max-cost': maxCost, '--max-requests': maxRequests, '--price': price };
  const [flag] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (flag !== undefined && !hasService)
    throw unfit(`${flag} is about a service, but every model is one of this machine`, flag, `leave ${flag} out`);
}

function unfit(message: string, where: string, next: string): RlpromptError {
  const code = 'E_ENDPOINT_UNFIT';
  return new RlpromptError({ code, exit: 'config', message, where, kept: 'nothing was started', next });
}
