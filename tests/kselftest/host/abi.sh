#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The public headers say what the table of the real interface says. The table is $ACL_ABI_TSV if
# that can be read, else abi.tsv beside this script. TAP.

here=$(cd "$(dirname "$0")" && pwd) || exit 1
top=$(cd "$here/../../.." && pwd) || exit 1
include=${ACL_INCLUDE:-$top/libacl-emu/include}
symbols=$top/libacl-emu/symbols.txt
own=$here/abi.tsv
table=$own
out=$top/.build/abi
count=0
failed=0

say() { # say RESULT NAME [DIRECTIVE]
	count=$((count + 1))
	[ "$1" = ok ] || failed=1
	echo "$1 $count abi.$2${3:+ # $3}"
}

generate() { # generate WHAT LANGUAGE TABLE
	"$here/abi_gen.sh" "$1" "$2" "$3" "$symbols" "$include"
}

tables_agree() {
	generate needed c "$ACL_ABI_TSV" | LC_ALL=C sort >"$out/needed.given" &&
		generate needed c "$own" | LC_ALL=C sort >"$out/needed.own" || return 1
	[ -s "$out/needed.own" ] && cmp -s "$out/needed.given" "$out/needed.own" && return 0
	echo "# $own and $ACL_ABI_TSV differ (< given, > own):"
	diff "$out/needed.given" "$out/needed.own" | grep '^[<>]' | sed 's/^/# /'
	return 1
}

compile() { # compile COMPILER LANGUAGE WHAT NAME
	compiler=$1 language=$2 what=$3 name=$4
	case $language in
	c) suffix=c standard=c11 ;;
	*) suffix=cpp standard=c++11 ;;
	esac
	if ! command -v "$compiler" >/dev/null 2>&1; then
		say ok "$name" "SKIP $compiler is not installed"
		return
	fi
	base=$out/$what.$compiler
	if generate "$what" "$language" "$table" >"$base.$suffix" &&
		"$compiler" "-std=$standard" -Wall -Wextra -pedantic -Werror -Wno-type-limits -I"$include" \
			-c "$base.$suffix" -o "$base.o" >"$base.log" 2>&1 &&
		run_types "$compiler" "$what" "$base" >>"$base.log" 2>&1; then
		say ok "$name"
	else
		say 'not ok' "$name"
		grep -E 'error|is not' "$base.log" | head -n 40 | sed 's/^/# /'
	fi
}

# Constants that are variables have a value in C only when the program runs.
run_types() { # run_types COMPILER WHAT BASE
	[ "$2" = types ] || return 0
	"$1" "$3.o" -o "$3" && "$3"
}

# What a program can find in the headers but not in the library fails late, at its link.
nothing_unlisted() {
	echo '#include "acl/acl.h"' | ${CC:-cc} -E -P -I"$include" - >"$out/acl.i" || return 1
	tr '\n' ' ' <"$out/acl.i" | grep -oE '[A-Za-z_][A-Za-z_0-9]* *\([^*]' | sed 's# *(.*##' |
		grep -E '^(acl|rt|Gm)' | LC_ALL=C sort -u >"$out/declared"
	LC_ALL=C sort "$symbols" | LC_ALL=C comm -23 "$out/declared" - >"$out/unlisted"
	[ -s "$out/declared" ] || return 1
	[ -s "$out/unlisted" ] || return 0
	sed 's/^/# declared but not in symbols.txt: /' "$out/unlisted"
	return 1
}

mkdir -p "$out" || exit 1
echo 'TAP version 13'
echo 1..10
if [ -n "$ACL_ABI_TSV" ] && [ -r "$ACL_ABI_TSV" ]; then
	table=$ACL_ABI_TSV
	if tables_agree; then say ok tables_agree; else say 'not ok' tables_agree; fi
else
	say ok tables_agree 'SKIP no second table: ACL_ABI_TSV is not set or not readable'
fi
for compiler in gcc clang g++ clang++; do
	case $compiler in
	*++) language=c++ ;;
	*) language=c ;;
	esac
	compile "$compiler" "$language" types "types_$compiler"
	compile "$compiler" "$language" functions "functions_$compiler"
done
if nothing_unlisted; then say ok nothing_unlisted; else say 'not ok' nothing_unlisted; fi
exit $failed
