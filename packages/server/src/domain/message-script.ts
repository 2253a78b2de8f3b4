import { CUSTOM_EVENT_FIELD } from '@arras/contract';
import { MESSAGE_DATA_BYTES } from './job-message.ts';

/**
 * Bash texts with which tries speak to the service: parts of programs' scripts, of the wrapper and of the command
 * `arras-notify`. They need coreutils for the spool and curl for HTTP; where one is missing the other is used.
 *
 * Of the try they know ARRAS_HOME (the work directory), and by way of the wrapper ARRAS_TRY (its tag) and ARRAS_SPOOL.
 * Keys and tokens are read from files by the programs that need them: they are in no argument and no environment.
 */

/** Where a program finds how to call, relative to its work directory: a curl configuration that holds the token. */
export const CALLBACK_FILE = '.arras/callback';

/** The two blocks with which a try signs, 64 bytes each: `auth/message-keys.ts`. */
export const SIGN_FILE = '.arras/sign';

/** The command for programs. */
export const NOTIFY_COMMAND = 'arras-notify';

/** `good`, or `bad` and the second until which the route is not tried again. */
const ROUTE_FILE = '.arras/route';
/** Seconds for which a route that failed is left alone, so that not each message waits for it. */
const ROUTE_BAD_SECONDS = 300;
/** Seconds until a call is given up. Nobody waits for it but the program that speaks. */
const CALL_SECONDS = { connect: 3, whole: 10 };
/** Messages of one try that may wait in the spool, for a program that speaks in a loop while nobody listens. */
const WAITING_LIMIT = 1_000;

/**
 * Everything happens in subshells with options of their own, so that a program's strictness and its variables are not
 * touched. A message in the spool is one file that is renamed when it is whole, because several nodes write at once:
 * appending to one file is not atomic between clients of NFS. It is not forced to disk: a node that loses its power
 * may lose its last words, and a try's end does not depend on them.
 */
export const MESSAGE_FUNCTIONS = `# arras_begin KIND [JSON]: sets ARRAS_NUMBER, and ARRAS_SIGNATURE or nothing where this try cannot sign.
arras_begin() {
  umask 077
  IFS=' ' LC_ALL=C
  ARRAS_KIND=$1 ARRAS_DATA=\${2-} ARRAS_SIGNATURE='' ARRAS_KEY=$ARRAS_HOME/${SIGN_FILE}
  ARRAS_NUMBER=\${EPOCHREALTIME-}
  [[ -n $ARRAS_NUMBER ]] || ARRAS_NUMBER=$(date +%s%6N)
  printf -v ARRAS_NUMBER '%s%03d' "\${ARRAS_NUMBER//[!0-9]/}" "$(( RANDOM % 1000 ))"
  [[ -n \${ARRAS_TRY-} && -r $ARRAS_KEY ]] || return 0
  local inner bytes='' index
  inner=$({ head -c 64 "$ARRAS_KEY"; printf 'arras-message 1 %s %s %s\\n%s' \\
    "$ARRAS_TRY" "$ARRAS_NUMBER" "$ARRAS_KIND" "$ARRAS_DATA"; } | sha256sum) || return 0
  for (( index = 0; index < 64; index += 2 )); do bytes+="\\\\x\${inner:index:2}"; done
  inner=$({ tail -c 64 "$ARRAS_KEY"; printf "$bytes"; } | sha256sum) || return 0
  [[ \${inner:0:64} =~ ^[0-9a-f]{64}$ ]] && ARRAS_SIGNATURE=\${inner:0:64}
  return 0
}
# arras_call STATUS [SECONDS]: over HTTP; fails unless it was answered with success.
arras_call() {
  local route='' until='' line='' code
  [[ -r $ARRAS_HOME/${CALLBACK_FILE} ]] && type -P curl >/dev/null || return 1
  if [[ -n $ARRAS_SIGNATURE ]]; then
    read -r route until 2>/dev/null < "$ARRAS_HOME/${ROUTE_FILE}"
    printf -v line '%(%s)T' -1
    [[ $route == bad && $until =~ ^[0-9]{1,12}$ ]] && (( line < until )) && return 1
  fi
  set -- "$1" --silent --show-error --globoff --fail --output /dev/null \\
    --connect-timeout ${CALL_SECONDS.connect} --max-time "\${2:-${CALL_SECONDS.whole}}"
  [[ -z $ARRAS_SIGNATURE ]] || set -- "$@" --header "Arras-Message: $ARRAS_NUMBER $ARRAS_SIGNATURE"
  if [[ -n $ARRAS_DATA ]]; then
    printf '%s' "$ARRAS_DATA" | curl "\${@:2}" --config "$ARRAS_HOME/${CALLBACK_FILE}" \\
      --header 'Content-Type: application/json' --data-binary @-
  else
    read -r line < "$ARRAS_HOME/${CALLBACK_FILE}"
    printf '%s\\n' "\${line/%HEARTBEAT\\"/$1\\"}" | curl "\${@:2}" --config -
  fi >/dev/null 2>>"\${ARRAS_CALL_LOG:-$ARRAS_HOME/.agave.log}"
  code=$?
  # 22: it was answered, and refused.
  if (( code == 0 )); then printf 'good\\n' > "$ARRAS_HOME/${ROUTE_FILE}"
  elif (( code != 22 )); then
    printf -v line '%(%s)T' -1
    printf 'bad %s\\n' "$(( line + ${ROUTE_BAD_SECONDS} ))" > "$ARRAS_HOME/${ROUTE_FILE}"
  fi 2>/dev/null
  return "$code"
}
# arras_spool: into the spool.
arras_spool() {
  local news=\${ARRAS_SPOOL-}/news name=$ARRAS_TRY.$ARRAS_NUMBER waiting
  [[ -n $ARRAS_SIGNATURE && -n \${ARRAS_SPOOL-} ]] || return 1
  [[ -d $news ]] || mkdir -m 700 -- "$news" 2>/dev/null
  waiting=("$news/$ARRAS_TRY".*)
  (( \${#waiting[@]} < ${WAITING_LIMIT} && \${#ARRAS_DATA} <= ${MESSAGE_DATA_BYTES} )) || return 1
  printf 'arras-message 1 %s %s %s %s\\n%s' "$ARRAS_TRY" "$ARRAS_NUMBER" "$ARRAS_KIND" "$ARRAS_SIGNATURE" "$ARRAS_DATA" \\
    > "$news/.$name" && mv -fT -- "$news/.$name" "$news/$name" && return 0
  rm -f -- "$news/.$name"
  return 1
}
# arras_send KIND [JSON]: by one way or the other.
arras_send() (
  { set +efuxvC +o pipefail; trap - ERR DEBUG; } 2>/dev/null
  arras_begin "$@"
  arras_call HEARTBEAT && exit 0
  arras_spool 2>/dev/null && exit 0
  [[ -z $ARRAS_SIGNATURE ]] || printf 'arras: a message could not be sent\\n' >> "$ARRAS_HOME/.agave.log"
  exit 1
)`;

/** Adds fields to the JSON in ARRAS_JSON, which \`arras_event\` begins. */
const JSON_FUNCTIONS = `arras_event() { ARRAS_JSON="{\\"${CUSTOM_EVENT_FIELD}\\":\\"$1\\""; }
# arras_field KEY TEXT
arras_field() {
  local LC_ALL=C arras_text=$2
  arras_text=\${arras_text//\\\\/\\\\\\\\}
  arras_text=\${arras_text//\\"/\\\\\\"}
  arras_text=\${arras_text//$'\\n'/\\\\n}
  arras_text=\${arras_text//$'\\r'/\\\\r}
  arras_text=\${arras_text//$'\\t'/\\\\t}
  arras_text=\${arras_text//[$'\\001'-$'\\037'$'\\177']/}
  ARRAS_JSON+=",\\"$1\\":\\"$arras_text\\""
}`;

/** Functions for the commands that macros become. Whatever happens, the program goes on. */
export const CALLBACK_FUNCTIONS = `ARRAS_HOME=$PWD
${MESSAGE_FUNCTIONS}
${JSON_FUNCTIONS}
arras_alive() { arras_send HEARTBEAT || :; }
# arras_notify EVENT [VARIABLE | KEY:VARIABLE]…
arras_notify() {
  (
    { set +eux; } 2>/dev/null
    arras_event "$1"
    shift
    for arras_pair in "$@"; do
      arras_name=\${arras_pair##*:}
      arras_field "\${arras_pair%%:*}" "\${!arras_name-}"
    done
    arras_send EVENT "$ARRAS_JSON}"
  ) || :
}`;

/** The command {@link NOTIFY_COMMAND}, for programs that are no bash scripts, and for bash without macros. */
export const NOTIFY_SCRIPT = `#!/bin/bash
# Sends an event of this job, or says that it is alive.
#
#   ${NOTIFY_COMMAND}
#   ${NOTIFY_COMMAND} EVENT [KEY=VALUE]...
#
# Exit code: 0 when the service has it or will find it, 1 when there was no way, 2 for words that are no event.
ARRAS_HOME=\${BASH_SOURCE[0]%/*}/..
${MESSAGE_FUNCTIONS}
${JSON_FUNCTIONS}
usage() { printf 'usage: ${NOTIFY_COMMAND} [EVENT [KEY=VALUE]...]\\n' >&2; exit 2; }
if (( $# == 0 )); then
  arras_send HEARTBEAT
  exit
fi
[[ $1 =~ ^[A-Za-z][A-Za-z0-9_]{0,31}$ ]] || usage
arras_event "$1"
shift
for pair in "$@"; do
  [[ \${pair%%=*} =~ ^[A-Za-z_][A-Za-z0-9_.-]{0,63}$ && $pair == *=* ]] || usage
  arras_field "\${pair%%=*}" "\${pair#*=}"
done
arras_send EVENT "$ARRAS_JSON}"
`;
