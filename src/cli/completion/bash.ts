import type { Completed } from './tables.js';

const top = ['--help', '--version', '--no-color', '--debug'];

/** Where a script has nothing to offer, `-o default` makes bash offer files. */
export function bashScript(commands: readonly Completed[]): string {
  const names = commands.map(({ name }) => name);
  return `# Completion of marauder for bash. Try it with: eval "$(marauder completion bash)"
_marauder() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local command= options= valued= word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      ${names.join('|')}) command=$word; break ;;
    esac
  done
  case $command in
${commands.map(options).join('\n')}
    *)
      COMPREPLY=($(compgen -W '${[...names, ...top].join(' ')}' -- "$current"))
      return ;;
  esac
  case "$command $previous" in
${commands.flatMap(values).join('\n')}
  esac
  # A value: files, by default.
  case " $valued " in *" $previous "*) return ;; esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  fi
}
complete -o default -o bashdefault -F _marauder marauder
`;
}

function options({ name, options: own, words }: Completed): string {
  const flags = own.map(({ flag }) => flag);
  const valued = own.filter(({ takesValue }) => takesValue).map(({ flag }) => flag);
  const first =
    words.length === 0
      ? ''
      : `\n      if [[ $current != -* ]]; then COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current")); return; fi`;
  return `    ${name})
      options='${flags.join(' ')}'
      valued='${valued.join(' ')}'${first} ;;`;
}

const values = ({ name, options: own }: Completed): string[] =>
  own.flatMap(({ flag, words }) =>
    words.length === 0
      ? []
      : [`    '${name} ${flag}') COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current")); return ;;`],
  );
