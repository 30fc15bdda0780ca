import { createHash } from 'node:crypto';
import { RlpromptError } from '../errors.js';
import { readBytes } from '../files/read/read-file.js';
import type { EnvironmentFacts, FirstObservation } from '../task/environment.js';
import { environmentFile } from '../task/load/environment-file.js';
import { BoundedOutput } from '../user-code/bounded-output.js';
import { PlugInProcess } from '../user-code/plug-in-process.js';
import { AnswerChecks } from './answer-checks.js';
import type { Answer, World } from './episodes.js';

const MEMORY_LIMIT = 2 ** 30;

/** An environment in a process of its own, whose answers are checked before anybody acts on them. */
export class EnvironmentWorld implements World {
  private readonly checks: AnswerChecks;
  private constructor(
    private readonly host: PlugInProcess,
    readonly facts: EnvironmentFacts,
    private readonly file: string,
  ) {
    this.checks = new AnswerChecks(facts.mostSteps, file);
  }

  /**
   * @param reference the name of a built-in environment, or a file
   * @param timeoutMs how long one answer may take
   * @throws RlpromptError E_ENVIRONMENT_MISSING, E_PLUGIN_LOAD
   */
  static async open(reference: string, timeoutMs: number): Promise<EnvironmentWorld> {
    const { file, isBuiltIn } = environmentFile(reference);
    const output = new BoundedOutput();
    const answer = async () => undefined;
    const options = { kind: 'environment', file, isBuiltIn, env: [], memoryLimit: MEMORY_LIMIT } as const;
    const host = await PlugInProcess.start({ ...options, timeoutMs, output, answer });
    if (host.environment) return new EnvironmentWorld(host, host.environment, file);
    throw new RlpromptError({
      code: 'E_PLUGIN_LOAD',
      exit: 'config',
      message: 'the file has no environment',
      where: file,
      next: 'export an environment: export default defineEnvironment(…)',
    });
  }

  async reset(task: string): Promise<FirstObservation> {
    return this.checks.first(await this.host.act({ reset: task }));
  }

  async step(action: string): Promise<Answer> {
    return this.checks.next(await this.host.act({ step: action }));
  }

  /** sha256 of the environment's file. */
  get digest(): string {
    return createHash('sha256').update(readBytes(this.file)).digest('hex');
  }

  close(): void {
    this.host.kill({ code: 'E_PLUGIN_EXIT', message: 'the run has ended' });
  }
}
