#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The library exports what libacl-emu/symbols.txt lists, under the names a program linked with the
# real library asks for, and asks nothing of the programs that link with it. The library is in
# LIBDIR (default: .build/lib of this tree). TAP.

top=$(cd "$(dirname "$0")/../../.." && pwd) || exit 1
libdir=${LIBDIR:-$top/.build/lib}
lib=$libdir/libascendcl.so
symbols=$top/libacl-emu/symbols.txt
out=$top/.build/symbols
count=0
failed=0

check() { # check NAME FUNCTION
	count=$((count + 1))
	if "$2" >"$out/log" 2>&1; then
		echo "ok $count symbols.$1"
	else
		failed=1
		echo "not ok $count symbols.$1"
		sed 's/^/# /' "$out/log"
	fi
}

list_is_sorted() {
	[ -s "$symbols" ] && LC_ALL=C sort -u -c "$symbols"
}

# Absolute symbols are the names of version nodes, which some linkers export too.
exported() {
	nm -D --defined-only "$lib" >"$out/nm" || return 1
	awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' "$out/nm" | LC_ALL=C sort >"$out/exported"
	cmp -s "$out/exported" "$symbols" && return 0
	echo 'exported and symbols.txt differ (< exported, > listed):'
	diff "$out/exported" "$symbols" | grep '^[<>]'
	return 1
}

dynamic() { # dynamic FILE TAG: the bracketed values of that tag
	readelf -dW "$1" | sed -n "s/.*($2).*\[\(.*\)\]/\1/p"
}

soname() {
	name=$(dynamic "$lib" SONAME)
	[ "$name" = libascendcl.so ] || { echo "SONAME is '$name'"; return 1; }
}

needed() {
	dynamic "$lib" NEEDED >"$out/needed"
	[ -s "$out/needed" ] || { echo 'not even the C library is needed'; return 1; }
	! grep -vxE 'libc\.so\.6|ld-linux[-a-z0-9_]*\.so\.[0-9]|libm\.so\.6' "$out/needed" || {
		echo 'are needed by the library'
		return 1
	}
}

stays_loaded() {
	readelf -dW "$lib" | grep -q 'FLAGS_1.*NODELETE' || { echo 'no NODELETE'; return 1; }
}

# A version on acl* would keep programs linked here from starting with another libascendcl.so.
versions() {
	readelf --dyn-syms -W "$lib" >"$out/dynsym" || return 1
	awk '$7 != "UND" && $7 != "ABS" && $5 == "GLOBAL" {
		own = $8 ~ /^acl_emu_/
		if (own ? $8 !~ /@@ACL_EMU_/ : $8 ~ /@/) {
			print $8 (own ? " has no version of ours" : " has a version")
			bad = 1
		}
		seen++
	}
	END { if (!seen) print "no symbol was found"; exit bad || !seen }' "$out/dynsym"
}

# Every listed name must be there at link time, and none may tie the program to this library.
program() {
	{
		grep -v '^acl_emu_' "$symbols" | sed 's/.*/void &(void);/'
		echo 'void (*table[])(void) = {'
		grep -v '^acl_emu_' "$symbols" | sed 's/$/,/'
		echo '}; int main(void) { return table[0] == 0; }'
	} >"$out/program.c"
	${CC:-cc} -w "$out/program.c" -o "$out/program" -L"$libdir" -lascendcl || return 1
	dynamic "$out/program" NEEDED | grep -qx libascendcl.so || {
		echo 'the program does not need libascendcl.so'
		return 1
	}
	! readelf -VW "$out/program" | grep 'File: libascendcl.so' || {
		echo 'the program requires versions of the library'
		return 1
	}
	LD_LIBRARY_PATH=$libdir "$out/program"
}

mkdir -p "$out" || exit 1
echo 'TAP version 13'
echo 1..7
if [ ! -e "$lib" ]; then
	echo "# $lib is not there: run 'make lib' first"
fi
check list_is_sorted list_is_sorted
check exported exported
check soname soname
check needed needed
check stays_loaded stays_loaded
check versions versions
check program program
exit $failed
