// `marauder completion SHELL`
import type { Argv } from 'yargs';
import { type Shell, shells } from '../completion/shells.js';
import { usageError } from '../values.js';
import { type Command, type OptionTable, shown } from './common.js';

const options = {} as const satisfies OptionTable;

const usage = `Usage: $0 completion SHELL

Print a script that makes the shell complete commands, options and files.

bash: put this line into ~/.bashrc
  eval "$($0 completion bash)"
zsh: put this line into ~/.zshrc, after compinit
  eval "$($0 completion zsh)"`;

const builder = (parser: Argv) =>
  parser
    .usage(usage)
    .positional('shell', { describe: shells.join(' or '), type: 'string', demandOption: true })
    .example(...shown('$0 completion bash > /etc/bash_completion.d/marauder', 'for all users'))
    .example(...shown('$0 completion zsh > ~/.zfunc/_marauder', 'where fpath has ~/.zfunc'));

type Args = Awaited<ReturnType<typeof builder>['argv']>;

function shellOf({ shell }: Args): Shell {
  const found = shells.find((name) => name === shell);
  if (found !== undefined) return found;
  throw usageError('completion', `no completion for ${JSON.stringify(shell)}`, `give ${shells.join(' or ')}`);
}

export const completion: Command = {
  name: 'completion',
  positionals: '<shell>',
  leastPositionals: 1,
  mostPositionals: 1,
  options,
  add: (parser, found) =>
    parser.command('completion <shell>', 'Print a script for completion in bash or zsh', builder, (args) =>
      found({ command: 'completion', options: { shell: shellOf(args) } }),
    ),
};
