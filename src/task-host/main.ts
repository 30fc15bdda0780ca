import { fileURLToPath, pathToFileURL } from 'node:url';
import { loadFailure, NOT_LOADED, readDefinition, readEnvironment } from '../task/define/read-definition.js';
import { resolveDefinition } from '../task/define/resolve-definition.js';
import type { FromHost, HostedKind, ReadMessage, RewardFault, ToHost } from '../task/define/reward-messages.js';
import type { EnvironmentDefinition } from '../task/environment.js';
import type { CustomReward } from '../task/types.js';
import { faultOf } from './fault.js';
import { importUserFile } from './import-user-file.js';
import { readAnswers, WrongAnswer } from './read-answers.js';
import { readConfiguration } from './read-configuration.js';
import { CallContext } from './reward-context.js';
import { startWatchdog } from './watchdog.js';

/** Of this program, whose frames of a stack say nothing of the user's code. */
const OWN_FOLDER = fileURLToPath(new URL('../', import.meta.url));

let kind: HostedKind = 'reward';
let reward: CustomReward;
let environment: EnvironmentDefinition;
let current: CallContext | undefined;
let questions = 0;

// Kept before any code of the task runs: it may replace what it finds on `process`.
const sendMessage = process.send!.bind(process);
const exit = process.exit.bind(process);
// What the task says through its functions alone is an answer; a library that has something to tell a parent looks whether it can.
delete process.send;

function send(message: FromHost, then: () => void = () => {}): void {
  sendMessage(message, undefined, undefined, then);
}

async function receive(message: ToHost): Promise<void> {
  if (message.type === 'load') await load(message);
  else if (message.type === 'read') await read(message);
  else if (message.type === 'call') await call(message);
  else if (message.type === 'act') await act(message);
  else if (message.type === 'abort') current?.end('the run was stopped');
  else current?.receive(message);
}

async function load(message: Extract<ToHost, { type: 'load' }>): Promise<void> {
  const { file, isBuiltIn, memoryLimit } = message;
  kind = message.kind;
  await startWatchdog({ parent: process.ppid, memoryLimit });
  try {
    const module: unknown = isBuiltIn ? await import(pathToFileURL(file).href) : await importUserFile(file);
    if (kind === 'reward') {
      reward = readDefinition(module, file).reward!;
      send({ type: 'loaded' });
    } else {
      environment = readEnvironment(module, file);
      const { name, tasks, mostSteps } = environment;
      send({ type: 'loaded', environment: { name, tasks, ...(mostSteps === undefined ? {} : { mostSteps }) } });
    }
  } catch (error) {
    send({ type: 'load-failed', fault: loadFault(error, file) });
  }
}

async function read(message: ReadMessage): Promise<void> {
  kind = message.kind;
  await startWatchdog({ parent: process.ppid, memoryLimit: message.memoryLimit });
  try {
    send({ type: 'data', data: await dataOf(message) });
  } catch (error) {
    send({ type: 'refused', error: loadFailure(error, message.file).parts });
  }
}

async function dataOf(message: ReadMessage): Promise<unknown> {
  const { file } = message;
  if (message.kind === 'configuration file') return await readConfiguration(file);
  return await resolveDefinition(readDefinition(await importUserFile(file), file), file, message.draw);
}

function loadFault(error: unknown, file: string): RewardFault {
  const why = loadFailure(error, file);
  const failed =
    kind === 'environment' ? 'the environment cannot be loaded' : 'the task file cannot be loaded for its reward';
  const message = `${failed}: ${why.message.startsWith(NOT_LOADED) ? why.message.slice(NOT_LOADED.length) : why.message}`;
  return { code: 'E_PLUGIN_LOAD', message, where: why.where ?? file };
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
    const fault = error instanceof WrongAnswer ? error.fault : thrown(error);
    send({ type: 'failed', call, fault });
  } finally {
    session.end('the reward has answered');
  }
}

async function act({ call, ask }: Extract<ToHost, { type: 'act' }>): Promise<void> {
  try {
    const answer = await ('reset' in ask ? environment.reset(ask.reset) : environment.step(ask.step));
    send({ type: 'acted', call, answer });
  } catch (error) {
    send({ type: 'failed', call, fault: thrown(error) });
  }
}

function thrown(error: unknown): RewardFault {
  return faultOf('E_PLUGIN_THROW', { kind, doing: 'threw', ownFolder: OWN_FOLDER }, error);
}

/** What fails on its own, outside of the promise that was given back: this process is not to be trusted further. */
function stray(doing: string, error: unknown): void {
  const fault = faultOf('E_PLUGIN_STRAY', { kind, doing, ownFolder: OWN_FOLDER }, error);
  send({ type: 'stray', fault }, () => exit(1));
}

process.on('unhandledRejection', (reason) => stray('left a rejection unhandled:', reason));
process.on('uncaughtException', (error) => stray('threw out of reach:', error));
process.on('disconnect', () => exit(1));
process.on('message', (message) => void receive(message as ToHost));
