// `marauder completion`: scripts made of the tables of commands and options, so that pressing Tab starts no process.
import { bashScript } from './completion/bash.js';
import type { Shell } from './completion/shells.js';
import { type Completed, completedCommands } from './completion/tables.js';
import { zshScript } from './completion/zsh.js';
import type { CompletionOptions, Io } from './options.js';
import { commands } from './parse.js';

const scripts: Readonly<Record<Shell, (commands: readonly Completed[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
};

export async function runCompletion({ shell }: CompletionOptions, { stdout }: Io): Promise<number> {
  stdout.write(scripts[shell](completedCommands(commands)));
  return 0;
}
