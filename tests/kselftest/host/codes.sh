#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Every code that a call can give is provoked by a test, or cannot occur here.
#
# codes.tsv has a line for each: call, code, condition, and either
# "test FILE:FIXTURE.NAME" (FILE:NAME without a fixture), "questions" for a cell of
# acl/questions/rows.h, or "cannot REASON".
# Checked: the test is there, in a file that names both the call and the code;
# each exported call has a line; each code that the headers name has one.

set -u

cd "$(dirname "$0")/../../.." || exit 1
table=tests/kselftest/host/codes.tsv
include=libacl-emu/include/acl
# shellcheck source=tests/kselftest/lib/tap.sh
. tests/kselftest/lib/tap.sh

rows()
{
	grep -v -e '^#' -e '^$' "$table"
}

# The names of a code in the headers and in the tests' acl_codes.h, or nothing.
names_of()
{
	sed -n -e "s/^#define \(ACL_[A-Z0-9_]*\) $1\>.*/\1/p" \
		-e "s/^static const int \(ACL_[A-Z0-9_]*\) = $1;.*/\1/p" \
		-e "s/^#define \([A-Z_]*\).*\/\* $1 \*\/\$/\1/p" \
		"$include"/error_codes/*.h "$include"/acl_base_rt.h \
		tests/kselftest/include/acl_codes.h | paste -sd'|'
}

check_test()
{
	local call=$1 code=$2 file=tests/kselftest/${3%%:*} test=${3#*:} head names

	case $test in
	*.*) head="TEST_F(${test%%.*}, ${test#*.})" ;;
	*) head="TEST($test)" ;;
	esac
	if ! grep -qxF "$head" "$file" 2>/dev/null; then
		echo "$call $code: $3 does not exist"
		return
	fi
	names=$(names_of "$code")
	grep -qE "\<($code${names:+|$names})\>" "$file" || echo "$call $code: $file lacks the code"
	grep -qE "\<$call\>" "$file" ||
		echo "$call $code: $file lacks the call"
}

well_formed()
{
	rows | awk -F'\t' '
		NF != 4 || $1 !~ /^acl/ || $2 !~ /^[0-9][0-9]*$/ || $3 == "" {
			print "malformed: " $0; next }
		$4 !~ /^test [a-z_/]*\.c:/ && $4 !~ /^cannot .../ && $4 != "questions" {
			print "no verdict: " $0 }
		seen[$1, $2, $3]++ { print "twice: " $0 }'
}

tests_exist()
{
	local call code verdict

	while IFS=$'\t' read -r call code _ verdict; do
		case $verdict in
		"test "*) check_test "$call" "$code" "${verdict#test }" ;;
		questions)
			grep -qE "^ROW\($call,.*\<$code\>" tests/kselftest/acl/questions/rows.h ||
				echo "$call $code: no such cell"
			;;
		esac
	done < <(rows)
}

# Exported calls. What kernels on the CPU use is called by macros and returns no code.
calls()
{
	grep '^acl' libacl-emu/symbols.txt | grep -vE '^acl_emu_(block|run_kernel|tiling)' |
		LC_ALL=C sort
}

calls_covered()
{
	comm -23 <(calls) \
		<(rows | cut -f1 | LC_ALL=C sort -u) | sed 's/$/ is exported and has no line/'
}

no_unknown_calls()
{
	comm -13 <(calls) \
		<(rows | cut -f1 | LC_ALL=C sort -u) | sed 's/$/ has a line and is not exported/'
}

# Pairs of a call and a code in the comment before its declaration.
header_pairs()
{
	awk '
	/\/\*\*/ { codes = "" }
	{
		rest = $0
		while (match(rest, /\([0-9][0-9][0-9][0-9][0-9][0-9]\)/)) {
			codes = codes " " substr(rest, RSTART + 1, 6)
			rest = substr(rest, RSTART + RLENGTH)
		}
	}
	/^(ACL_FUNC_VISIBILITY .*)?aclr?t?[A-Z][A-Za-z0-9]*\(|^ACL_FUNC_VISIBILITY .* aclr?t?[A-Z]/ {
		if (!match($0, /aclr?t?[A-Z][A-Za-z0-9]*\(/))
			next
		n = split(codes, code, " ")
		for (i = 1; i <= n; i++)
			print substr($0, RSTART, RLENGTH - 1) "\t" code[i]
		codes = ""
	}' "$include"/*.h | LC_ALL=C sort -u
}

headers_covered()
{
	[ "$(header_pairs | wc -l)" -gt 100 ] || echo "no codes found in the headers"
	comm -23 <(header_pairs) <(rows | cut -f1,2 | LC_ALL=C sort -u) |
		sed 's/$/ is in a header and has no line/'
}

echo "TAP version 13"
echo "1..5"
result well_formed "$(well_formed)"
result tests_exist "$(tests_exist)"
result calls_covered "$(calls_covered)"
result no_unknown_calls "$(no_unknown_calls)"
result headers_covered "$(headers_covered)"
exit $bad
