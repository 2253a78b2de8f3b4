# Counts the words of a text without regard to case and prints "count<TAB>word", one word a line, unsorted.
# A word is a run of letters, with apostrophes inside: nature's. min_length=N leaves shorter words out.
# POSIX awk only, so that every awk on every cluster runs it.

{
  line = tolower($0)
  while (match(line, /[a-z]+('[a-z]+)*/)) {
    word = substr(line, RSTART, RLENGTH)
    line = substr(line, RSTART + RLENGTH)
    if (length(word) >= min_length) seen[word]++
  }
}

END {
  for (word in seen) print seen[word] "\t" word
}
