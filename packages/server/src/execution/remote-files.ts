import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import type { InstalledFile, SmallFile } from './shell.ts';

/**
 * Bash texts that put, read and move files on a host. They need bash and GNU coreutils there, as the wrapper does,
 * and no SFTP: its fsync and its rename over an existing file are extensions that some hosts lack (R6, T42).
 */

/**
 * Arguments: DIRECTORY TOKEN, then PATH MODE SIZE of each file. Standard input: the files' bytes, one after the
 * other. The directory is not made: a deleted one must not come back by accident.
 */
const INSTALL = `
cd -- "$1" || exit 1
TOKEN=$2
shift 2
PARTS=() TARGETS=() PARENTS=(.)
trap '(( \${#PARTS[@]} == 0 )) || rm -f -- "\${PARTS[@]}"' EXIT
while (( $# >= 3 )); do
  TARGET=./$1 MODE=$2 SIZE=$3
  shift 3
  PARENT=\${TARGET%/*}
  if [[ ! -d $PARENT ]]; then mkdir -m 700 -- "$PARENT" || [[ -d $PARENT ]] || exit 1; fi
  PART=$TARGET.part-$TOKEN
  PARTS+=("$PART") TARGETS+=("$TARGET") PARENTS+=("$PARENT")
  head -c "$SIZE" > "$PART" || exit 1
  # What the umask of our commands gives it already.
  [[ $MODE == 600 ]] || chmod -- "$MODE" "$PART" || exit 1
  SIZES+=$SIZE$'\\n'
done
[[ $(stat -c %s -- "\${PARTS[@]}")$'\\n' == "$SIZES" ]] || { echo 'the files did not arrive whole' >&2; exit 1; }
sync -- "\${PARTS[@]}" || exit 1
for INDEX in "\${!PARTS[@]}"; do
  mv -fT -- "\${PARTS[INDEX]}" "\${TARGETS[INDEX]}" || exit 1
done
sync -- "\${PARENTS[@]}"
`;

/** A script and what it is given. */
export interface FileCommand {
  readonly script: string;
  readonly args: readonly string[];
  readonly stdin?: Uint8Array;
}

/** Installs files (see `Shell.installFiles`). */
export function installCommand(directory: string, files: readonly InstalledFile[]): FileCommand {
  const contents = files.map(({ content }) => Buffer.from(content as Uint8Array));
  const words = files.flatMap(({ path, mode }, index) => [
    path,
    mode.toString(8),
    String(contents[index]?.length),
  ]);
  return {
    script: INSTALL,
    args: [directory, randomBytes(6).toString('hex'), ...words],
    stdin: Buffer.concat(contents),
  };
}

/** Arguments: DIRECTORY. */
export const MAKE_DIRECTORY = 'mkdir -p -m 700 -- "$1"';

/** Files beyond these are left for the next reading. */
const FILES = 10_000;

/**
 * Arguments: DIRECTORY BYTES. Prints name, size and content of each regular file that has no more than so many bytes,
 * each followed by NUL. A content that has a NUL itself is shorter than its size.
 */
const READ_SMALL = `
[[ -d $1 ]] || exit 0
LC_ALL=C
cd -- "$1" || exit 1
COUNT=0
while IFS= read -r -d '' SIZE && IFS= read -r -d '' NAME; do
  (( COUNT++ < ${FILES} )) || break
  # It may have been replaced since: a link is not followed, and a pipe would hold us up.
  [[ -f $NAME && ! -L $NAME ]] || continue
  TEXT=''
  (( SIZE == 0 )) || IFS= read -r -d '' -n "$2" TEXT 2>/dev/null < "./$NAME"
  printf '%s\\0%s\\0%s\\0' "$NAME" "$SIZE" "$TEXT"
done < <(find . -mindepth 1 -maxdepth 1 -type f -size "-$(( $2 + 1 ))c" -printf '%s\\0%f\\0')
`;

/** Reads small files (see `Shell.readSmallFiles`). */
export function readSmallCommand(directory: string, maxBytes: number): FileCommand {
  return { script: READ_SMALL, args: [directory, String(maxBytes)] };
}

/** The files in the output of {@link readSmallCommand}; an unfinished last one is left out. */
export function parseSmallFiles(output: string): readonly SmallFile[] {
  const fields = output.split('\0');
  const files: SmallFile[] = [];
  for (let index = 0; index + 3 < fields.length; index += 3) {
    const [name = '', size = '', text = ''] = fields.slice(index, index + 3);
    if (Buffer.byteLength(text) === Number(size)) files.push({ name, text });
  }
  return files;
}

/**
 * Arguments: FROM TO, then names. Prints each name that was there and is gone now, followed by NUL: another replica
 * may have moved some of them in the same moment, which is as good.
 */
const MOVE = `
FROM=$1 TO=$2
shift 2
[[ -d $TO ]] || exit 0
FOUND=()
for NAME in "$@"; do
  [[ ! -e $FROM/$NAME && ! -L $FROM/$NAME ]] || FOUND+=("$NAME")
done
(( \${#FOUND[@]} > 0 )) || exit 0
mv -f -- "\${FOUND[@]/#/$FROM/}" "$TO/" 2>/dev/null
for NAME in "\${FOUND[@]}"; do
  if [[ ! -e $FROM/$NAME && ! -L $FROM/$NAME ]]; then printf '%s\\0' "$NAME"
  else mv -fT -- "$FROM/$NAME" "$TO/$NAME" || exit 1; printf '%s\\0' "$NAME"
  fi
done
`;

/** Moves files (see `Shell.moveFiles`). */
export function moveCommand(from: string, names: readonly string[], to: string): FileCommand {
  const strange = names.find((name) => name === '' || basename(name) !== name);
  if (strange !== undefined) throw new TypeError(`expected file names, got ${JSON.stringify(strange)}`);
  return { script: MOVE, args: [from, to, ...names] };
}

/** Seconds after which a watch ends by itself, in case the host never learns that we are gone. */
const WATCH_SECONDS = 3_600;

/**
 * Argument: DIRECTORY; NONCE is set. Looks at the directory each second and prints `NONCE entry NAME` and NUL for
 * each entry that was not there before; at first for all. Nothing but builtins runs while nothing changes, and
 * standard input's end is the end. inotify would see changes made by this host only, and is not everywhere.
 */
export const WATCH = `
declare -A SEEN
LAST=''
shopt -s nullglob dotglob
while (( SECONDS < ${WATCH_SECONDS} )); do
  [[ -d $1 ]] || mkdir -p -m 700 -- "$1"
  ENTRIES=("$1"/*)
  if [[ "\${ENTRIES[*]}" != "$LAST" ]]; then
    LAST="\${ENTRIES[*]}"
    declare -A NOW=()
    for ENTRY in "\${ENTRIES[@]}"; do
      NOW[$ENTRY]=1
      [[ -n \${SEEN[$ENTRY]} ]] || printf '\\n%s entry %s\\0' "$NONCE" "\${ENTRY##*/}" || exit 0
    done
    SEEN=()
    for ENTRY in "\${!NOW[@]}"; do SEEN[$ENTRY]=1; done
  fi
  read -r -t 1 ANYTHING
  (( $? > 128 )) || exit 0
done
`;
