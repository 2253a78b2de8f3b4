import { basename } from 'node:path';
import type { SmallFile } from './shell.ts';

/**
 * Bash texts that read and move files on a host. They need bash and GNU coreutils there, as the wrapper does, and no
 * SFTP.
 */

/** A script and what it is given. */
export interface FileCommand {
  readonly script: string;
  readonly args: readonly string[];
}

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
