import type { Command } from 'commander';
import type { CliContext } from '../output/context.js';

/** A command's file: adds its arguments, options, help and action to a bare command. */
export interface CommandModule {
  configure(command: Command, context: CliContext, entries: readonly CommandEntry[]): void;
}

/** A command as the list in `--help` shows it; its file is loaded only when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  load(): Promise<CommandModule>;
}
