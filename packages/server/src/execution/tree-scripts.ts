/**
 * Bash functions that copy directories of a host into many places, parts of `prepare-scripts.ts`. A tree is walked once,
 * by `tar`, which follows no link and tells when something changed meanwhile (R13).
 */

/** The largest tree that a command copies, in bytes and entries. */
const TREE_LIMITS = { bytes: 16 * 1_048_576, entries: 1_000 };

/** All copies of one command together: each of their files is put on disk before the command ends. */
const COPIES_LIMITS = { bytes: 64 * 1_048_576, entries: 3_000 };

/** Part files of the storages are never read, whoever made them (`storage/part-file.ts`). */
const PART_NAMES = '.arras-part-*';

/**
 * They need FD (open directories by path), STAGE (where the copy of each installation goes), SCRATCH and the functions
 * `fail`, `fail_as_said`, `too_large`, `put_off` and `is_open`.
 */
export const TREES = `
declare -A TREE_NUMBER
PATHS=() MODES=() TREES=()
SPENT_BYTES=0 SPENT_ENTRIES=0
# number_tree N: trees are known by numbers, because arithmetic would evaluate a path.
number_tree() {
  local known=\${TREE_NUMBER[\${TREE[$1]}]}
  [[ -n $known ]] || { known=\${#TREES[@]} TREES+=("\${TREE[$1]}") TREE_NUMBER[\${TREE[$1]}]=$known; }
  TREE_OF[$1]=$known
}
# why_not PATH SHOWN: sets CODE and WORDS to why it cannot be opened.
why_not() {
  if [[ -L $1 ]]; then CODE=forbidden WORDS="$2 is a symbolic link"
  elif [[ -d $1 ]]; then CODE=forbidden WORDS="$2: permission denied"
  elif [[ -e $1 ]]; then CODE=not-a-directory WORDS="$2 is not a directory"
  else CODE=not-found WORDS="$2: there is no such file or directory"
  fi
}
# list_tree DESCRIPTOR: sets SIZE, FILES, FILE_MODES, DIRECTORIES, CLOSED and LEFT_OUT.
list_tree() {
  local index kind path mode
  local -a entries
  SIZE=0 FILES=() FILE_MODES=() DIRECTORIES=() CLOSED=() LEFT_OUT=()
  find "/proc/self/fd/$1/." -mindepth 1 -name '${PART_NAMES}' -prune -printf 'x 0\\0%P\\0' \\
    -o -type f -printf 'f %s %m\\0%P\\0' -o -printf '%y %m\\0%P\\0' > "$SCRATCH/list" 2> "$SCRATCH/words" || return 1
  mapfile -d '' -t entries < "$SCRATCH/list"
  for (( index = 0; index < \${#entries[@]}; index += 2 )); do
    kind=\${entries[index]} path=\${entries[index + 1]}
    case $kind in
      'f '*)
        mode=000\${kind##* } kind=\${kind#f }
        FILES+=("$path") FILE_MODES+=("\${mode: -3}")
        (( SIZE += \${kind% *} ))
        ;;
      'd '*) DIRECTORIES+=("$path"); [[ $kind == *7?? ]] || CLOSED+=("$path") ;;
      *) LEFT_OUT+=("--exclude=./$path") ;;
    esac
  done
}
# copy_tree DESCRIPTOR TO: exit codes as tar's; 1 is that something changed.
copy_tree() {
  local -a codes
  rm -rf -- "$2" && mkdir -- "$2" || return 2
  tar -c -f - -C "/proc/self/fd/$1" --mode=a-st --anchored --no-wildcards "\${LEFT_OUT[@]}" . 2> "$SCRATCH/words" |
    tar -x -f - -p -m --no-same-owner --no-overwrite-dir -C "$2" 2>> "$SCRATCH/words"
  codes=("\${PIPESTATUS[@]}")
  (( codes[1] == 0 )) || return 2
  return "\${codes[0]}"
}
# take NUMBER: copies a tree once for all who want it. TAKEN is what came of it: done, large, changed or failed.
take() {
  local code from=\${FD[\${TREES[$1]}]}
  COPY[$1]=$SCRATCH/tree-$1
  for _ in 1 2; do
    TAKEN[$1]=failed
    if ! list_tree "$from"; then
      [[ $(< "$SCRATCH/words") != *'Permission denied'* ]] || return
      TAKEN[$1]=changed
      continue
    fi
    if (( SIZE > ${TREE_LIMITS.bytes} || \${#FILES[@]} + \${#DIRECTORIES[@]} > ${TREE_LIMITS.entries} )); then
      TAKEN[$1]=large
      return
    fi
    copy_tree "$from" "\${COPY[$1]}"
    code=$?
    (( code != 1 )) || { TAKEN[$1]=changed; continue; }
    (( code == 0 )) || return
    # Else nobody but root could fill them, or delete them later.
    (( \${#CLOSED[@]} == 0 )) || chmod u+rwx -- "\${CLOSED[@]/#/\${COPY[$1]}/}" 2> "$SCRATCH/words" || return
    TAKEN[$1]=done BYTES[$1]=$SIZE FROM[$1]=\${#PATHS[@]}
    FILES_IN[$1]=\${#FILES[@]} ENTRIES_IN[$1]=$(( \${#FILES[@]} + \${#DIRECTORIES[@]} ))
    MODES+=("\${FILE_MODES[@]}" "\${DIRECTORIES[@]/*/700}")
    PATHS+=("\${FILES[@]}" "\${DIRECTORIES[@]}")
    return
  done
}
# copy_for N NUMBER: the last who wants a copy gets the one that is there.
copy_for() {
  if (( LAST[$2] == $1 )); then mv -T -- "\${COPY[$2]}" "\${STAGE[$1]}" 2> "$SCRATCH/words"
  else cp -R -P -T --preserve=mode -- "\${COPY[$2]}" "\${STAGE[$1]}" 2> "$SCRATCH/words"
  fi || fail_as_said "$1" failed
}
# spread NUMBER N…: reads each file once and writes it to all who want it: fewer programs than copies for many.
spread() {
  local number=$1 index first=\${FROM[$1]} files=\${FILES_IN[$1]}
  local -a stages=() folders places
  shift
  (( 2 * files + 1 < $# )) || return 1
  for index; do stages+=("\${STAGE[index]}"); done
  folders=("\${stages[@]}")
  for (( index = first + files; index < first + ENTRIES_IN[number]; index++ )); do
    folders+=("\${stages[@]/%//\${PATHS[index]}}")
  done
  mkdir -p -- "\${folders[@]}" 2>/dev/null || { rm -rf -- "\${stages[@]}"; return 1; }
  for (( index = first; index < first + files; index++ )); do
    places=("\${stages[@]/%//\${PATHS[index]}}")
    tee -- "\${places[@]:1}" < "\${COPY[number]}/\${PATHS[index]}" > "\${places[0]}" 2>/dev/null &&
      chmod "\${MODES[index]}" -- "\${places[@]}" 2>/dev/null || { rm -rf -- "\${stages[@]}"; return 1; }
  done
}
# give NUMBER: copies of a tree for all who want it.
give() {
  local each
  local -a wanted=()
  take "$1"
  for (( each = 0; each < N; each++ )); do
    is_open "$each" && [[ \${TREE_OF[each]} == "$1" ]] || continue
    case \${TAKEN[$1]} in
      large) too_large "$each" ;;
      changed) fail "$each" changed 'the files changed while they were copied' ;;
      failed) fail_as_said "$each" forbidden ;;
      *)
        if (( SPENT_BYTES + BYTES[$1] > ${COPIES_LIMITS.bytes} || SPENT_ENTRIES + ENTRIES_IN[$1] > ${COPIES_LIMITS.entries} )); then
          put_off "$each"
        else
          (( SPENT_BYTES += BYTES[$1], SPENT_ENTRIES += ENTRIES_IN[$1] ))
          wanted+=("$each")
        fi
        ;;
    esac
  done
  (( \${#wanted[@]} > 0 )) || return
  LAST[$1]=\${wanted[-1]}
  spread "$1" "\${wanted[@]}" && return
  for each in "\${wanted[@]}"; do copy_for "$each" "$1"; done
}
`;
