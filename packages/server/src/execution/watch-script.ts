import { IN_HAND } from './inbox-limits.ts';

/** Seconds after which a watch ends by itself, in case the host never learns that we are gone. */
const WATCH_SECONDS = 3_600;

/**
 * Arguments: DIRECTORY, and where there is an inbox INBOX BYTES; NONCE is set. Looks at both directories each second.
 * Nothing but builtins runs while nothing changes, and standard input's end is the end. inotify would see changes made
 * by this host only, and is not everywhere.
 *
 * Prints `NONCE entry NAME` and NUL for each entry of the directory that was not there before, at first for all; and
 * `NONCE file NAME`, newline, content and NUL for files of the inbox. Content ends at a NUL of its own, and is empty
 * when there is more of it than BYTES: it is verified by its signature, not by its length. Reads `taken NAME` or
 * `later NAME`, one a line: so a file is deleted without a further command, and stays until somebody has said so.
 */
export const WATCH = `
LC_ALL=C
MESSAGE='^tj-[0-9A-Za-z-]{1,64}-[0-9]{1,6}\\.[0-9]{19}$'
declare -A SEEN IN_HAND OF_ONE LATER
LAST='' HANDED=0 MORE='' PARTIAL='' GONE=()
shopt -s nullglob dotglob

list_entries() {
  local entry entries
  [[ -d $1 ]] || mkdir -p -m 700 -- "$1"
  entries=("$1"/*)
  [[ "\${entries[*]}" != "$LAST" ]] || return 0
  LAST="\${entries[*]}"
  for entry in "\${entries[@]}"; do
    [[ -n \${SEEN[$entry]} ]] || printf '\\n%s entry %s\\0' "$NONCE" "\${entry##*/}" || exit 0
  done
  SEEN=()
  for entry in "\${entries[@]}"; do SEEN[$entry]=1; done
}
# hand_over INBOX BYTES: sets MORE when something has to wait for its turn.
hand_over() {
  local file name tag text
  MORE=''
  [[ -d $1 ]] || mkdir -p -m 700 -- "$1"
  for file in "$1"/tj-*.[0-9]*; do
    name=\${file##*/} tag=\${file##*/}
    tag=\${tag%.*}
    [[ -z \${IN_HAND[$name]} && $name =~ $MESSAGE ]] || continue
    (( HANDED < ${IN_HAND.whole} && \${OF_ONE[$tag]:-0} < ${IN_HAND.ofOne} )) || { MORE=1; continue; }
    [[ -z \${LATER[$name]} ]] || (( SECONDS > \${LATER[$name]} )) || continue
    # It may be replaced between look and opening: only by jobs of this account, which could do worse.
    [[ -f $file && ! -L $file ]] || continue
    text=''
    IFS= read -r -d '' -n "$(( $2 + 1 ))" text 2>/dev/null < "$file"
    (( \${#text} <= $2 )) || text=''
    IN_HAND[$name]=1 OF_ONE[$tag]=$(( \${OF_ONE[$tag]:-0} + 1 ))
    (( ++HANDED ))
    printf '\\n%s file %s\\n%s\\0' "$NONCE" "$name" "$text" || exit 0
  done
}
# answered INBOX WORD NAME
answered() {
  local tag=\${3%.*}
  [[ $3 =~ $MESSAGE && -n \${IN_HAND[$3]} ]] || return
  unset "IN_HAND[$3]" "LATER[$3]"
  OF_ONE[$tag]=$(( \${OF_ONE[$tag]:-1} - 1 ))
  [[ \${OF_ONE[$tag]} != 0 ]] || unset "OF_ONE[$tag]"
  (( HANDED-- ))
  if [[ $2 == taken ]]; then GONE+=("$1/$3"); else LATER[$3]=$SECONDS; fi
}
delete() {
  (( \${#GONE[@]} == 0 )) || rm -f -- "\${GONE[@]}"
  GONE=()
}
# listen INBOX: for a second, or until there is room for what has to wait.
listen() {
  local line code
  while :; do
    IFS= read -r -t 1 line
    code=$?
    (( code <= 128 )) || { PARTIAL+=$line; break; }
    (( code == 0 )) || { delete; exit 0; }
    line=$PARTIAL$line PARTIAL=''
    answered "$1" "\${line%% *}" "\${line#* }"
    read -t 0 && continue
    delete
    [[ -z $MORE ]] || break
  done
  delete
}
while (( SECONDS < ${WATCH_SECONDS} )); do
  list_entries "$1"
  [[ -z $2 ]] || hand_over "$2" "$3"
  listen "$2"
done
`;
