#!/bin/bash
# SPDX-License-Identifier: MIT
#
# acl-emu leaks adds functions, files and lines to a report: in programs of every form,
# in shared objects, and module and offset where there are no symbols. It leaves out
# what is suppressed. Needs no device: the reports are made here. TAP.

set -u

cd "$(dirname "$0")/../../.." || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/acl-emu-leaks.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
sources=libacl-emu/tools/acl-emu
cc=${CC:-gcc}
# shellcheck source=tests/kselftest/lib/tap.sh
. tests/kselftest/lib/tap.sh

echo "TAP version 13"
echo "1..7"
if ! "$cc" -std=gnu11 -O2 -Wall -Wextra -I"$sources" -o "$work/report" \
	tests/kselftest/host/leaks/report.c "$sources/report.c" "$sources/suppress.c" \
	"$sources/symbols.c" -ldw -ljansson >"$work/log" 2>&1; then
	sed 's/^/# /' "$work/log"
	echo "Bail out! the reader of reports does not build"
	exit 1
fi
cp tests/kselftest/host/leaks/program.c tests/kselftest/host/leaks/object.c "$work"
line=$(grep -n 'frame_here();' "$work/program.c" | cut -d: -f1)

# compiled NAME FLAGS...: the program, which prints its own report.
compiled()
{
	(cd "$work" && "$cc" -O1 -fno-optimize-sibling-calls "${@:2}" -o "$1" program.c -ldl)
}

# shows OUTPUT TEXT...: complains about each text that is not in the output.
shows()
{
	local text

	for text in "${@:2}"; do
		grep -qF -- "$text" <<<"$1" || printf 'no "%s" in:\n%s\n' "$text" "$1"
	done
}

symbols_of_program()
{
	compiled "$1" -g "${@:2}" 2>&1
	"$work/$1" >"$work/$1.json"
	shows "$("$work/report" "$work/$1.json")" "made_here at $work/program.c:$line" \
		"made_inline (inlined into main) at $work/program.c:" "1 x event" "created by aclrtCreateEvent()"
}

shared_object()
{
	(cd "$work" && "$cc" -g -O1 -fPIC -shared -o object.so object.c 2>&1)
	compiled with_object -g -DOBJECT="\"$work/object.so\"" 2>&1
	"$work/with_object" >"$work/object.json"
	shows "$("$work/report" "$work/object.json")" "made_in_object at $work/object.c:" \
		"main at $work/program.c:"
}

stripped()
{
	compiled stripped -g 2>&1
	strip --strip-all "$work/stripped"
	"$work/stripped" >"$work/stripped.json"
	shows "$("$work/report" "$work/stripped.json")" "stripped+0x"
}

# Another file at the path must not give wrong names.
replaced_file()
{
	compiled replaced -g 2>&1
	"$work/replaced" >"$work/replaced.json"
	compiled replaced -g -DOTHER 2>&1
	shows "$("$work/report" "$work/replaced.json")" "replaced+0x"
	"$work/report" "$work/replaced.json" | grep -F program.c:
}

suppressed()
{
	printf '# known\n\nleak:made_h*e\n' >"$work/known"
	shows "$("$work/report" --suppressions "$work/known" "$work/pie.json")" \
		"reports 0, suppressed 1"
	printf 'leak:other\nstuck:made_here\n' >"$work/known"
	shows "$("$work/report" --suppressions "$work/known" "$work/pie.json")" \
		"reports 1, suppressed 0"
	printf 'made_here\n' >"$work/known"
	shows "$("$work/report" --suppressions "$work/known" "$work/pie.json" 2>&1)" \
		"$work/known:1:"
}

json()
{
	"$work/report" --json "$work/pie.json" | head -n 1 >"$work/out.json"
	perl -MJSON::PP -e '
		my $frame = decode_json(<STDIN>)->{groups}[0]{history}[0]{frames}[0];
		print join(" ", map { $_ // "" } @$frame{qw(function file line)}), "\n"
			if $frame->{function} ne "made_here" || $frame->{file} ne $ARGV[0] ||
			   $frame->{line} != $ARGV[1];
	' "$work/program.c" "$line" <"$work/out.json" 2>&1
}

result pie "$(symbols_of_program pie -fPIE -pie)"
result no_pie "$(symbols_of_program no_pie -fno-PIE -no-pie)"
result shared_object "$(shared_object)"
result stripped "$(stripped)"
result replaced_file "$(replaced_file)"
result suppressed "$(suppressed)"
result json "$(json)"
exit $bad
