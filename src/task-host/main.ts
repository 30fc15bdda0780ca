import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { RlpromptError } from '../errors.js';
import { readDefinition } from '../task/define/read-definition.js';
import type { FromHost, RewardFault, ToHost } from '../task/define/reward-messages.js';
import { loadTaskFile } from '../task/load/load-task-file.js';
import type { CustomReward, TaskDefinition } from '../task/types.js';
import { faultOf } from './fault.js';
import { readAnswers, WrongAnswer } from './read-answers.js';
import * as rewardApi from './reward-api.js';
import { CallContext } from './reward-context.js';
import { startWatchdog } from './watchdog.js';

const HOST_FOLDER = dirname(fileURLToPath(import.meta.url));

let reward: CustomReward;
let current: CallContext | undefined;
let questions = 0;

// Kept before any code of the task runs: it may replace what it finds on `process`.
const sendMessage = process.send!.bind(process);
const exit = process.exit.bind(process);

function send(message: FromHost, then: () => void = () => {}): void {
  sendMessage(message, undefined, undefined, then);
}

async function receive(message: ToHost): Promise<void> {
  if (message.type === 'load') await load(message);
  else if (message.type === 'call') await call(message);
  else if (message.type === 'abort') current?.end('the run was stopped');
  else current?.receive(message);
}

async function load({ file, isBuiltIn, memoryLimit }: Extract<ToHost, { type: 'load' }>): Promise<void> {
  await startWatchdog({ parent: process.ppid, memoryLimit });
  try {
    reward = (await readTask(file, isBuiltIn)).reward!;
    send({ type: 'loaded' });
  } catch (error) {
    send({ type: 'load-failed', fault: loadFault(error, file) });
  }
}

async function readTask(file: string, isBuiltIn: boolean): Promise<TaskDefinition> {
  if (isBuiltIn) return readDefinition(await import(pathToFileURL(file).href), file);
  return await loadTaskFile(file, rewardApi);
}

function loadFault(error: unknown, file: string): RewardFault {
  const message = error instanceof RlpromptError ? error.message : String(error);
  return { code: 'E_PLUGIN_LOAD', message: `the task file cannot be loaded for its reward: ${message}`, where: file };
}

async function call({ call, batch, seed }: Extract<ToHost, { type: 'call' }>): Promise<void> {
  const session = new CallContext(call, seed, send, () => questions++);
  current = session;
  const { prompts } = batch;
  const asked = [...prompts];
  try {
    const rows = readAnswers(await reward(batch, session.context), asked);
    send({ type: 'answers', call, rows });
  } catch (error) {
    const fault = error instanceof WrongAnswer ? error.fault : faultOf('E_PLUGIN_THROW', 'threw', error, HOST_FOLDER);
    send({ type: 'failed', call, fault });
  } finally {
    session.end('the reward has answered');
  }
}

/** What fails on its own, outside of the promise that the reward gave back: this process is not to be trusted further. */
function stray(doing: string, thrown: unknown): void {
  send({ type: 'stray', fault: faultOf('E_PLUGIN_STRAY', doing, thrown, HOST_FOLDER) }, () => exit(1));
}

process.on('unhandledRejection', (reason) => stray('left a rejection unhandled:', reason));
process.on('uncaughtException', (error) => stray('threw out of reach:', error));
process.on('disconnect', () => exit(1));
process.on('message', (message) => void receive(message as ToHost));
