#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The manual pages: one for each exported function, complete, without warnings, and with every
# code that codes.tsv knows for the function. TAP.

set -u

cd "$(dirname "$0")/../../.." || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/acl-emu-man.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/kselftest/lib/tap.sh
. tests/kselftest/lib/tap.sh

# Exported variables have no pages, and C++ names are those of C functions.
functions()
{
	nm -D --defined-only "${LIBDIR:-.build/lib}/libascendcl.so" |
		awk '$2 == "T" { sub(/@.*/, "", $3); if ($3 !~ /^_Z/) print $3 }' | LC_ALL=C sort
}

generated()
{
	make -s lib man MAN_OUT="$work/man" 2>&1
}

one_page_a_function()
{
	find "$work/man/man3" -name '*.3' -exec basename '{}' .3 ';' | LC_ALL=C sort |
		diff - <(functions) | sed -n 's/^< \(.*\)/\1 has a page and is not exported/p
			s/^> \(.*\)/\1 is exported and has no page/p'
}

# Whatever groff reports is a failure. man -l needs no database of pages.
renders_without_warnings()
{
	local page

	for page in "$work"/man/man[37]/*; do
		groff -man -Tutf8 -ww -z "$page" 2>&1
	done
	for page in man3/aclrtMapMem.3 man3/GmAlloc.3 man7/acl-emu.7; do
		man -l "$work/man/$page" >/dev/null 2>"$work/log" || echo "man -l $page fails"
		cat "$work/log"
	done
}

complete()
{
	local page section

	for page in "$work"/man/man3/*.3; do
		for section in NAME LIBRARY SYNOPSIS DESCRIPTION ERRORS 'SEE ALSO'; do
			grep -qx ".SH $section" "$page" || echo "$(basename "$page") lacks $section"
		done
	done
	for section in NAME DESCRIPTION ERRORS FUNCTIONS ENVIRONMENT FILES 'SEE ALSO'; do
		grep -qx ".SH $section" "$work/man/man7/acl-emu.7" || echo "acl-emu.7 lacks $section"
	done
}

# A user who has read set_env.sh finds the pages.
installed()
{
	local page

	make -s install PREFIX="$work/prefix" >"$work/log" 2>&1 || cat "$work/log"
	for page in aclrtMapMem acl-emu; do
		(
			# shellcheck disable=SC1091 # made by the installation
			. "$work/prefix/set_env.sh"
			man -w "$page" | grep -q "^$work/prefix/share/man/" || echo "man does not find $page"
		) 2>&1
	done
}

# The name, what it does, and its synopsis are those of the function.
names_its_function()
{
	local page name

	for page in "$work"/man/man3/*.3; do
		name=$(basename "$page" .3)
		grep -qE "^$name \\\\- [a-z]" "$page" || echo "$name: no NAME"
		grep -qE "[ *]$name\(" "$page" || echo "$name: no SYNOPSIS"
	done
}

errors_listed()
{
	local call code page

	while IFS=$'\t' read -r call code _; do
		page=$work/man/man3/$call.3
		[ "$code" != 0 ] && [ -e "$page" ] || continue
		grep -qE "(\"| )\($code\)" "$page" || echo "$call.3 lacks $code"
	done < <(grep -v -e '^#' -e '^$' tests/kselftest/host/codes.tsv)
}

# A function that returns errors does not claim the contrary.
no_error()
{
	local name

	for name in $(functions); do
		grep -q "^$name	[1-9]" tests/kselftest/host/codes.tsv &&
			grep -q '^This function returns no error' "$work/man/man3/$name.3" &&
			echo "$name.3 says that it returns no error"
	done
}

# Each variable that the library reads is in acl-emu(7).
environment()
{
	local name names

	names=$(sed -n 's/.*\[EMU_VAR_[A-Z_]*\] = "\([A-Z_]*\)".*/\1/p' libacl-emu/src/core/config.c)
	[ "$(wc -w <<<"$names")" -ge 7 ] || echo "found in the library: only $names"
	for name in $names; do
		grep -qx ".B $name" "$work/man/man7/acl-emu.7" || echo "acl-emu.7 lacks $name"
	done
}

echo "TAP version 13"
echo "1..9"
result generated "$(generated)"
result one_page_a_function "$(one_page_a_function)"
result renders_without_warnings "$(renders_without_warnings)"
result complete "$(complete)"
result names_its_function "$(names_its_function)"
result errors_listed "$(errors_listed)"
result no_error "$(no_error)"
result environment "$(environment)"
result installed "$(installed)"
exit $bad
