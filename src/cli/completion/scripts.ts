/**
 * Completion scripts, generated from the registered commands. Both shells complete file names if none of our words
 * matches.
 */
import type { Completion, CompletionPlace } from "./words.ts";

export function bashCompletion(places: readonly CompletionPlace[]): string {
  const words = (found: readonly Completion[]): string => found.map(({ word }) => word).join(" ");
  const cases = places.map(
    ({ path, commands, options }) => `    '${path}') commands='${words(commands)}' options='${words(options)}' ;;`,
  );
  return `# bash completion for akuvox-cpe
_akuvox_cpe() {
  local current=\${COMP_WORDS[COMP_CWORD]} path= commands= options= word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${knownPaths(places)}) path="\${path:+$path }$word" ;;
    esac
  done
  case $path in
${cases.join("\n")}
  esac
  COMPREPLY=()
  local line
  [[ $current == -* ]] && commands=$options
  while IFS= read -r line; do
    [[ -n $line ]] && COMPREPLY+=("$line")
  done < <(compgen -W "$commands" -- "$current")
}
complete -o default -F _akuvox_cpe akuvox-cpe
`;
}

export function zshCompletion(places: readonly CompletionPlace[]): string {
  const described = (found: readonly Completion[]): string =>
    found.map(({ word, description }) => quoted(`${word}:${description}`)).join(" ");
  const cases = places.map(
    ({ path, commands, options }) =>
      `    '${path}') commands=(${described(commands)}) options=(${described(options)}) ;;`,
  );
  return `#compdef akuvox-cpe
# zsh completion for akuvox-cpe
_akuvox_cpe() {
  local place= word
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${place:+$place }$word" in
      ${knownPaths(places)}) place="\${place:+$place }$word" ;;
    esac
  done
  case $place in
${cases.join("\n")}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe option options
  elif (( $#commands )); then
    _describe command commands
  else
    _files
  fi
}
# Autoloaded from a folder of the fpath, or evaluated in .zshrc.
if [[ $funcstack[1] == _akuvox_cpe ]]; then _akuvox_cpe "$@"; else compdef _akuvox_cpe akuvox-cpe; fi
`;
}

function knownPaths(places: readonly CompletionPlace[]): string {
  return places.flatMap(({ path }) => (path === "" ? [] : [`'${path}'`])).join(" | ");
}

/** In single quotes, as both shells read them. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
