// Without imports: a shell runs this at each of its starts.

/** Shells with completion. */
export const SHELLS = ['bash', 'zsh', 'fish', 'pwsh'] as const;

/** A shell with completion. */
export type Shell = (typeof SHELLS)[number];

/** What a shell has to read so that the tab key completes the program of that name. */
export function renderCompletionScript(shell: Shell, program: string): string {
  return SCRIPTS[shell].replaceAll('PROGRAM', program);
}

// Bash splits words at : = and @, which filters, options and names of jobs hold. The words are put together again by
// what the line has between them; and of a candidate only what follows the last of these characters is inserted.
const BASH = String.raw`# bash completion for PROGRAM: source <(PROGRAM completion bash)
_PROGRAM_complete() {
  local line=${'$'}{COMP_LINE:0:COMP_POINT} words=() word i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${'$'}{COMP_WORDS[i]}
    if ((i == 0)) || [[ $line == [[:space:]]* ]]; then words+=("$word"); else words[-1]+=$word; fi
    line=${'$'}{line#"${'$'}{line%%[![:space:]]*}"}
    line=${'$'}{line#"$word"}
  done
  # Within quotation marks nothing is split, and all of the word is replaced.
  local quoted=
  [[ ${'$'}{words[-1]} == [\'\"]* ]] && quoted=1
  words=("${'$'}{words[@]#[\'\"]}")
  local typed=${'$'}{words[-1]} values=() descriptions=() value description
  while IFS=$'\t' read -r value description; do
    values+=("$value") descriptions+=("$description")
  done < <("${'$'}{words[0]}" __complete -- "${'$'}{words[@]:1}" 2>/dev/null)
  local before=
  [[ -z $quoted && $COMP_WORDBREAKS == *:* && $typed == *[:=@]* ]] && before=${'$'}{typed%"${'$'}{typed##*[:=@]}"}
  COMPREPLY=()
  for i in "${'$'}{!values[@]}"; do
    value=${'$'}{values[i]#"$before"}
    [[ $value == *[:/] ]] && compopt -o nospace 2>/dev/null
    [[ -z $quoted && $value == *[[:space:]]* ]] && printf -v value %q "$value"
    # A list of several is only looked at, so it may say what they are.
    if [[ ${'$'}{#values[@]} -gt 1 && -n ${'$'}{descriptions[i]} && ( $COMP_TYPE == 63 || $COMP_TYPE == 33 ) ]]; then
      value+="  (${'$'}{descriptions[i]})"
    fi
    COMPREPLY+=("$value")
  done
}
complete -o default -o nosort -F _PROGRAM_complete PROGRAM
`;

const ZSH = String.raw`#compdef PROGRAM
# zsh completion for PROGRAM: source <(PROGRAM completion zsh), after compinit
_PROGRAM() {
  local -a candidates open
  local value description
  while IFS=$'\t' read -r value description; do
    # What goes on, such as a directory, gets no blank behind it.
    if [[ $value == *[:/] ]]; then open+=("${'$'}{value//:/\\:}:$description")
    else candidates+=("${'$'}{value//:/\\:}:$description"); fi
  done < <("${'$'}{words[1]}" __complete -- "${'$'}{(@)words[2,CURRENT]}" 2>/dev/null)
  if (( ! ${'$'}{#candidates} && ! ${'$'}{#open} )); then _files; return; fi
  (( ${'$'}{#open} )) && _describe -V PROGRAM open -S ''
  (( ${'$'}{#candidates} )) && _describe -V PROGRAM candidates
}
compdef _PROGRAM PROGRAM
`;

const FISH = String.raw`# fish completion for PROGRAM: PROGRAM completion fish | source
function __PROGRAM_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] __complete -- $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c PROGRAM -f -k -a '(__PROGRAM_complete)'
`;

const PWSH = String.raw`# PowerShell completion for PROGRAM (7.3 or newer): PROGRAM completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName PROGRAM -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
  if ($wordToComplete -eq '') { $words += '' }
  & "$($commandAst.CommandElements[0])" __complete -- @words 2>$null | ForEach-Object {
    $value, $description = $_ -split "${'`'}t", 2
    if (-not $description) { $description = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
  }
}
`;

const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH, pwsh: PWSH } as const satisfies Record<Shell, string>;
