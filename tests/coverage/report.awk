# SPDX-License-Identifier: MIT
#
# Reads gcov's annotated sources, each line with "FILE:" before it, and prints the
# figures of each file and the lines that were not run. known is the list of those
# that are explained: "FILE: REASON" with the lines, indented, below. With explain,
# every line must be run or there.

function trim(text)
{
	gsub(/[ \t]+/, " ", text)
	sub(/^ /, "", text)
	sub(/ $/, "", text)
	return text
}

function percent(part, whole)
{
	return whole ? 100 * part / whole : 100
}

BEGIN {
	while ((getline text <known) > 0) {
		if (text ~ /^#/ || text == "")
			continue
		if (text !~ /^[ \t]/) {
			file = text
			sub(/:.*/, "", file)
		} else {
			explained[file, trim(text)] = 1
		}
	}
	split(branch_files, names, " ")
	for (i in names)
		barred["kmod/" names[i] ".c"] = 1
}

{
	file = $0
	sub(/:.*/, "", file)
	text = substr($0, length(file) + 2)
	if (!(file in lines))
		order[++files] = file
	lines[file] += 0
}

text ~ /^branch/ {
	branches[file]++
	if (text !~ /never executed/ && text !~ /taken 0/)
		taken[file]++
	next
}

text ~ /^ *([0-9]+\*?|#####|=====):/ {
	split(text, part, ":")
	lines[file]++
	if (text !~ /^ *(#####|=====):/) {
		run[file]++
		next
	}
	code = text
	sub(/^[^:]*:[^:]*:/, "", code)
	missed[file]++
	if ((file, trim(code)) in explained)
		next
	list[++left] = file ":" trim(part[2]) ": " trim(code)
}

END {
	printf "%-28s %20s %20s\n", name, "lines", "branches"
	for (i = 1; i <= files; i++) {
		file = order[i]
		printf "%-28s %6d of %5d %4.1f%%  %6d of %5d %4.1f%%\n", file,
			run[file], lines[file], percent(run[file], lines[file]),
			taken[file], branches[file], percent(taken[file], branches[file])
		all += lines[file]
		all_run += run[file]
		all_branches += branches[file]
		all_taken += taken[file]
		if (file in barred && percent(taken[file], branches[file]) < branch_bar) {
			print "  less than " branch_bar "% of the branches"
			bad = 1
		}
	}
	printf "%-28s %6d of %5d %4.1f%%  %6d of %5d %4.1f%%\n", "all of " name, all_run, all,
		percent(all_run, all), all_taken, all_branches, percent(all_taken, all_branches)
	if (percent(all_run, all) < line_bar) {
		print "  less than " line_bar "% of the lines"
		bad = 1
	}
	if (left) {
		print "lines neither run nor explained in tests/coverage/explained:"
		for (i = 1; i <= left; i++)
			print "  " list[i]
		if (explain)
			bad = 1
	}
	exit bad
}
