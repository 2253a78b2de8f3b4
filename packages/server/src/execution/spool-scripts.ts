/** Bash texts about claims and spools, the same for every scheduler. Values come as arguments. */

/** Days that the records of settled tries are kept (P14). */
const PAST_DAYS = 90;

/**
 * Arguments: WORK TRY TOKEN. Races for the claim on behalf of the service; prints `fenced` or `started`. A
 * missing directory is made again: without the claim in it, a later copy of it could start the try.
 */
export const FENCE = `
WORK=$1 TRY=$2 TOKEN=$3
umask 077
mkdir -p -m 700 -- "$WORK/.arras" || exit 1
CLAIM=$WORK/.arras/claim.$TRY
printf '%s service\\n' "$TOKEN" > "$CLAIM.$TOKEN" || exit 1
ln -- "$CLAIM.$TOKEN" "$CLAIM" 2>/dev/null
rm -f -- "$CLAIM.$TOKEN"
read -r WINNER KIND 2>/dev/null < "$CLAIM" || exit 1
sync -- "$CLAIM" "$WORK/.arras" || exit 1
if [[ $KIND == service ]]; then printf 'fenced\\n'; else printf 'started\\n'; fi
`;

/**
 * Arguments: SPOOL, then tags. Files each try's record as past, whether it ended, was lost or was fenced.
 * Doing it twice changes nothing.
 */
export const ACKNOWLEDGE = `
SPOOL=$1
shift
umask 077
FOUND=()
for TAG in "$@"; do
  if [[ -f $SPOOL/ended/$TAG ]]; then FOUND+=("$SPOOL/ended/$TAG")
  elif [[ -f $SPOOL/running/$TAG ]]; then FOUND+=("$SPOOL/running/$TAG")
  elif [[ ! -e $SPOOL/past/$TAG ]]; then printf 'settled\\n' > "$SPOOL/past/$TAG" || exit 1
  fi
done
(( \${#FOUND[@]} == 0 )) && exit 0
mv -f -- "\${FOUND[@]}" "$SPOOL/past/" 2>/dev/null && exit 0
# Another replica may have filed some of them between our look and our move: only one that is still here is a failure.
for FILE in "\${FOUND[@]}"; do
  [[ ! -e $FILE ]] || mv -f -- "$FILE" "$SPOOL/past/" || [[ ! -e $FILE ]] || exit 1
done
`;

/** Arguments: SPOOL. Deletes the records that P14 no longer asks for, and messages that nobody took in all that time. */
export const FORGET_PAST = `
for DIRECTORY in "$1/past" "$1/news"; do
  [[ ! -d $DIRECTORY ]] || find "$DIRECTORY" -maxdepth 1 -type f -mtime +${PAST_DAYS} -delete || exit 1
done
`;
