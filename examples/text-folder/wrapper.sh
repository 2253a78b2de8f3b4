# ${texts} is the name of the folder in the job's directory.
for text in "${texts}"/*.txt; do
  printf '%s\t%s\n' "$(wc -w < "$text")" "$(basename "$text")"
done | sort -k1,1nr > words.tsv
cat words.tsv

# What this file lists is not archived. The texts are where they came from.
echo "${texts}" >> .agave.archive
