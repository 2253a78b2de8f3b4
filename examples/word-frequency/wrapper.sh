# What a job of word-frequency runs. Arras replaces ${text}, ${count} and ${min_length} by values of the job, always
# as whole words: no value is ever read as shell text.
set -eu

echo "counting the words of" ${text} >&2
awk -v min_length=${min_length} -f word-frequency.awk ${text} | sort -k1,1nr -k2,2 > all-words.tsv
head -n ${count} all-words.tsv > most-frequent.tsv

echo "$(wc -w < ${text}) words, $(wc -l < all-words.tsv) different ones of at least" ${min_length} "letters"
cat most-frequent.tsv
