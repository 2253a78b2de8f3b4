import { TREES } from './tree-scripts.ts';

/**
 * The bash text that fills many directories of a host with one command. It needs bash 4.4, GNU coreutils, findutils and
 * tar there, and no SFTP: its fsync and its rename over an existing file are extensions that some hosts lack (R6, T42).
 *
 * Everything is put together below a staging directory first, on disk before any of it gets its place. A directory that
 * is not there yet, or is empty, appears whole with one rename; into another one each entry is moved. So a command that
 * is cut off leaves nothing half done but in the staging directory, and a later one clears that up.
 *
 * No link is followed (R13): a directory is opened, the kernel is asked where it really is, and from then on it is
 * used by way of its descriptor. `tar` walks a tree in the same way, and tells when something changed meanwhile.
 */

/** Minutes after which what lies in a staging directory was left by a command that was cut off. */
const LEFT_AFTER_MINUTES = 60;

/** `failed N CODE WORDS`, `large N`, `later N` or `done N` is what the command says of each installation. */
const ANSWERS = `
fail() {
  local words=\${3//[$'\\n\\r']/ }
  STATE[$1]=failed
  printf 'failed %s %s %s\\n' "$1" "$2" "\${words:0:500}"
}
too_large() { STATE[$1]=large; printf 'large %s\\n' "$1"; }
put_off() { STATE[$1]=later; printf 'later %s\\n' "$1"; }
# fail_as_said N DENIED: with the words of a command; DENIED is the code when it was not permitted.
fail_as_said() {
  local words code=failed
  words=$(< "$SCRATCH/words")
  case $words in
    *'No space left'* | *'quota exceeded'*) code=no-space ;;
    *'cannot overwrite'*) code=forbidden ;;
    *'Permission denied'* | *'not permitted'*) code=$2 ;;
  esac
  fail "$1" "$code" "$words"
}
`;

const DESCRIPTORS = `
declare -A FD REAL
PINNED=()
# pin PATH: opens a directory.
pin() {
  local fd
  [[ -z \${FD[$1]} ]] || return 0
  { exec {fd}< "$1/."; } 2>/dev/null || return 1
  FD[$1]=$fd PINNED+=("$1")
}
# Sets REAL to where the open directories are, in one go.
locate() {
  local index places
  local -a links=()
  for index in "\${!PINNED[@]}"; do links+=("/proc/self/fd/\${FD[\${PINNED[index]}]}"); done
  (( \${#links[@]} > 0 )) || return 0
  readlink -z -- "\${links[@]}" > "$SCRATCH/list" || return 1
  mapfile -d '' -t places < "$SCRATCH/list"
  for index in "\${!PINNED[@]}"; do REAL[\${PINNED[index]}]=\${places[index]}; done
}
# is_below ROOT PATH: no link leads from the one to the other.
is_below() { [[ \${REAL[$2]} == "\${REAL[$1]%/}\${2#"\${1%/}"}" ]]; }
`;

const PLACING = `
# sync_all PATH…: puts them on disk; several at a time, because each waits.
sync_all() {
  if (( $# <= 64 )); then sync -- "$@"
  else printf '%s\\0' "$@" | xargs -0 -n 64 -P 8 sync --
  fi
}
# write_files N: the program's files, over those of the tree, whose list begins one of them.
write_files() {
  local index path target folder='' tree=\${TREE_OF[$1]}
  for (( index = FIRST[$1]; index < FIRST[$1] + 3 * FILE_COUNT[$1]; index += 3 )); do
    path=\${FIELDS[index]} target=\${STAGE[$1]}/\${FIELDS[index]}
    if [[ -e $target || -L $target ]]; then rm -f -- "$target" 2> "$SCRATCH/words" || return 1; fi
    {
      if [[ -n $tree && \${LIST[$1]} == "$path" ]] && (( FILES_IN[tree] > 0 )); then
        printf '%s\\n' "\${PATHS[@]:FROM[tree]:FILES_IN[tree]}"
      fi && printf '%b' "\${TEXTS[FIELDS[index + 2]]}"
    } 2> "$SCRATCH/words" > "$target" || return 1
    [[ \${FIELDS[index + 1]} != x ]] || EXECUTABLE+=("$target")
    WRITTEN+=("$target")
    [[ $folder == "\${target%/*}" ]] || { folder=\${target%/*}; WRITTEN+=("$folder"); }
  done
  [[ -z $tree ]] || (( ENTRIES_IN[tree] == 0 )) || {
    local -a copied=("\${PATHS[@]:FROM[tree]:ENTRIES_IN[tree]}")
    WRITTEN+=("\${copied[@]/#/\${STAGE[$1]}/}")
  }
}
# merge FROM TO: moves all that is in one directory into another.
merge() {
  local entry name
  local -a moved=()
  MERGED+=("$2")
  for entry in "$1"/*; do
    name=\${entry##*/}
    if [[ -d $entry && ! -L $entry && -d $2/$name && ! -L $2/$name ]]; then merge "$entry" "$2/$name" || return 1
    else moved+=("$entry")
    fi
  done
  (( \${#moved[@]} == 0 )) || mv -f -t "$2" -- "\${moved[@]}" 2> "$SCRATCH/words"
}
# merge_into_place N: its directory has something in it, such as the inputs.
merge_into_place() {
  local fd place=/proc/self/fd/\${FD[\${PARENT[$1]}]}
  [[ -e $place/\${NAME[$1]} || -L $place/\${NAME[$1]} ]] || { fail_as_said "$1" failed; return; }
  if [[ -L $place/\${NAME[$1]} ]] || ! { exec {fd}< "$place/\${NAME[$1]}/."; } 2>/dev/null ||
    [[ $(readlink -- "/proc/self/fd/$fd"; printf x) != "\${REAL[\${PARENT[$1]}]%/}/\${NAME[$1]}"$'\\nx' ]]; then
    fail "$1" forbidden "\${DIRECTORY[$1]} is not a directory that can be opened"
    return
  fi
  merge "\${STAGE[$1]}" "/proc/self/fd/$fd" || fail_as_said "$1" failed
}
`;

/**
 * Arguments: TOKEN, the number of TEXTS, the texts for `printf %b`, then for each installation ROOT DIRECTORY STAGING
 * TREE LIST FILES and, for each file, PATH X TEXT: X is `x` for an executable one, TEXT the number of its text. ROOT, TREE
 * and LIST are empty where there is no tree.
 */
export const INSTALL = `
export LC_ALL=C
unset TAR_OPTIONS POSIXLY_CORRECT
shopt -s nullglob dotglob
# Else a & in a replacement means what was replaced.
shopt -u patsub_replacement 2>/dev/null
${ANSWERS}
${DESCRIPTORS}
${TREES}
${PLACING}
TOKEN=$1 COUNT=$2
shift 2
TEXTS=("\${@:1:COUNT}")
shift "$COUNT"
N=0 FIELDS=() STATE=() SCRATCHES=()
while (( $# >= 6 )); do
  ROOT[N]=$1 DIRECTORY[N]=$2 STAGING[N]=$3 TREE[N]=$4 LIST[N]=$5 FILE_COUNT[N]=$6 FIRST[N]=\${#FIELDS[@]} STATE[N]=''
  FIELDS+=("\${@:7:3 * $6}")
  shift $(( 6 + 3 * $6 ))
  PARENT[N]=\${DIRECTORY[N]%/*} NAME[N]=\${DIRECTORY[N]##*/} STAGE[N]=\${STAGING[N]}/$TOKEN/$N/\${DIRECTORY[N]##*/}
  [[ -n \${PARENT[N]} ]] || PARENT[N]=/
  if (( FILE_COUNT[N] > 0 )) && [[ \${SCRATCHES[*]: -1} != "\${STAGING[N]}/$TOKEN" ]]; then
    SCRATCHES+=("\${STAGING[N]}/$TOKEN")
  fi
  (( ++N ))
done
SCRATCH=\${SCRATCHES[0]}
trap 'rm -rf -- "\${SCRATCHES[@]}"' EXIT

# The directories that hold what comes; one command for all, and where that fails, one for each.
needs() {
  if (( FILE_COUNT[$1] == 0 )); then NEEDED+=("\${DIRECTORY[$1]}")
  else NEEDED+=("\${PARENT[$1]}" "\${STAGE[$1]%/*}")
  fi
}
NEEDED=()
for (( I = 0; I < N; I++ )); do needs "$I"; done
mkdir -p -- "\${NEEDED[@]}" 2>/dev/null
for (( I = 0; I < N; I++ )); do
  NEEDED=()
  needs "$I"
  for FOLDER in "\${NEEDED[@]}"; do
    [[ -d $FOLDER ]] || WORDS=$(mkdir -p -- "$FOLDER" 2>&1) || { fail "$I" failed "$WORDS"; break; }
  done
done
if [[ -n $SCRATCH ]]; then
  [[ -d $SCRATCH ]] || mkdir -p -- "$SCRATCH" || exit 1
  LEFT=("\${SCRATCH%/*}"/*)
  (( \${#LEFT[@]} <= 1 )) ||
    find "\${SCRATCH%/*}" -mindepth 1 -maxdepth 1 -mmin +${LEFT_AFTER_MINUTES} -exec rm -rf -- {} + 2>/dev/null
fi

is_open() { [[ -z \${STATE[$1]} ]] && (( FILE_COUNT[$1] > 0 )); }
for (( I = 0; I < N; I++ )); do
  is_open "$I" || continue
  SHOWN=\${ROOT[I]%/}
  pin "\${PARENT[I]}" || { why_not "\${PARENT[I]}" "\${PARENT[I]#"$SHOWN"}"; fail "$I" failed "$WORDS"; continue; }
  [[ -n \${TREE[I]} ]] || continue
  pin "\${ROOT[I]}" || { why_not "\${ROOT[I]}" 'the root directory'; fail "$I" failed "$WORDS"; continue; }
  pin "\${TREE[I]}" || { why_not "\${TREE[I]}" "\${TREE[I]#"$SHOWN"}"; fail "$I" "$CODE" "$WORDS"; }
done
locate || exit 1
for (( I = 0; I < N; I++ )); do
  is_open "$I" && [[ -n \${TREE[I]} ]] || continue
  for FOLDER in "\${PARENT[I]}" "\${TREE[I]}"; do
    is_below "\${ROOT[I]}" "$FOLDER" ||
      { fail "$I" forbidden "a symbolic link is on the way to \${FOLDER#"\${ROOT[I]%/}"}"; break; }
  done
  [[ -n \${STATE[I]} ]] || number_tree "$I"
done
for I in "\${!TREES[@]}"; do give "$I"; done

NEEDED=()
for (( I = 0; I < N; I++ )); do
  is_open "$I" || continue
  LAST_FOLDER=''
  for (( J = FIRST[I]; J < FIRST[I] + 3 * FILE_COUNT[I]; J += 3 )); do
    FOLDER=\${STAGE[I]}/\${FIELDS[J]}
    [[ $LAST_FOLDER == "\${FOLDER%/*}" ]] || { LAST_FOLDER=\${FOLDER%/*}; NEEDED+=("$LAST_FOLDER"); }
  done
done
(( \${#NEEDED[@]} == 0 )) || mkdir -p -- "\${NEEDED[@]}" 2>/dev/null
WRITTEN=() EXECUTABLE=()
for (( I = 0; I < N; I++ )); do
  is_open "$I" || continue
  write_files "$I" || fail_as_said "$I" failed
done
(( \${#EXECUTABLE[@]} == 0 )) || chmod 700 -- "\${EXECUTABLE[@]}" || exit 1
(( \${#WRITTEN[@]} == 0 )) || sync_all "\${WRITTEN[@]}" || exit 1

MERGED=()
for FOLDER in "\${PINNED[@]}"; do
  GOING=()
  for (( I = 0; I < N; I++ )); do
    is_open "$I" && [[ \${PARENT[I]} == "$FOLDER" ]] && GOING+=("\${STAGE[I]}")
  done
  (( \${#GOING[@]} > 0 )) || continue
  mv -f -t "/proc/self/fd/\${FD[$FOLDER]}" -- "\${GOING[@]}" 2> "$SCRATCH/words"
  MERGED+=("/proc/self/fd/\${FD[$FOLDER]}")
done
for (( I = 0; I < N; I++ )); do
  is_open "$I" && [[ -d \${STAGE[I]} ]] && merge_into_place "$I"
done
(( \${#MERGED[@]} == 0 )) || sync_all "\${MERGED[@]}" || exit 1
for (( I = 0; I < N; I++ )); do
  [[ -n \${STATE[I]} ]] || printf 'done %s\\n' "$I"
done
exit 0
`;
