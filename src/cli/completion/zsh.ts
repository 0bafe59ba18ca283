import type { Completed, CompletedOption } from './tables.js';

export function zshScript(commands: readonly Completed[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `#compdef marauder
# Completion of marauder for zsh. Try it with: eval "$(marauder completion zsh)"
_marauder() {
  if (( CURRENT == 2 )); then
    compadd -- ${names} --help --version
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(arms).join('\n')}
  esac
}
if [[ $funcstack[1] == _marauder ]]; then
  _marauder "$@"
else
  compdef _marauder marauder
fi
`;
}

function arms({ name, options, words }: Completed): string {
  const behind = words.length === 0 ? "'*:file:_files'" : `'1:value:(${words.join(' ')})'`;
  return `    ${name})
      _arguments \\
${options.map((option) => `        ${argument(option)} \\`).join('\n')}
        ${behind} ;;`;
}

function argument({ flag, about, takesValue, repeats, words }: CompletedOption): string {
  const value = takesValue ? `:value:${words.length === 0 ? '_files' : `(${words.join(' ')})`}` : '';
  return quoted(`${repeats ? '*' : ''}${flag}[${about.replace(/[[\]\\:]/g, '\\$&')}]${value}`);
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
