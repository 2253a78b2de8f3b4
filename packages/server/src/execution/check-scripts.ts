import type { ShellCommand } from './shell.ts';

/** Prints the version of bash if the host has what the wrapper and the preparation of work directories need. */
export const CHECK_SHELL: ShellCommand = {
  script: `
(( BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404 )) ||
  { printf 'the host has bash %s, which is older than 4.4\\n' "$BASH_VERSION" >&2; exit 1; }
for NAME in ln mv cp mkdir rm chmod sync cat tee readlink find xargs tar setsid; do
  type -P "$NAME" >/dev/null || { printf 'the host has no %s command\\n' "$NAME" >&2; exit 1; }
done
printf '%s\\n' "$BASH_VERSION"
`,
};

/** Arguments: an empty directory. Fails unless the second link of one name is refused and the first one stays. */
export const CHECK_LINK = `
cd -- "$1" || exit 1
printf 'first\\n' > first && printf 'second\\n' > second || exit 1
ln -- first claim || exit 1
if ln -- second claim 2>/dev/null; then printf 'a second link replaced the first\\n' >&2; exit 1; fi
read -r WINNER < claim
[[ $WINNER == first ]] || { printf 'the link names another file\\n' >&2; exit 1; }
sync -- claim .
`;
