#!/bin/bash
# Checks the program by itself, without Arras: bash test.sh
set -eu
program=$(cd "$(dirname "$0")" && pwd)/wrapper.sh
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"

mkdir some
echo 'one two three' > some/long.txt
echo 'one' > some/short.txt
found=$(texts=some bash "$program")
expected=$(printf '3\tlong.txt\n1\tshort.txt')
[ "$found" = "$expected" ] || { printf 'expected:\n%s\nfound:\n%s\n' "$expected" "$found" >&2; exit 1; }
[ "$(cat .agave.archive)" = some ]
echo ok
