#!/bin/bash
# Checks the program by itself, without Arras: bash test.sh
set -eu
cd "$(dirname "$0")"

found=$(printf "The cat's hat. THE hat!\n" | awk -v min_length=3 -f word-frequency.awk | sort -k1,1nr -k2,2)
expected=$(printf "2\that\n2\tthe\n1\tcat's")
[ "$found" = "$expected" ] || { printf 'expected:\n%s\nfound:\n%s\n' "$expected" "$found" >&2; exit 1; }
echo ok
