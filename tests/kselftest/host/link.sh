#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A C++ and a C program that take the address of every exported function through the headers link
# with the library, start, and find all of them in it. The library is in LIBDIR (default: .build/lib
# of this tree). TAP.

top=$(cd "$(dirname "$0")/../../.." && pwd) || exit 1
libdir=${LIBDIR:-$top/.build/lib}
include=${ACL_INCLUDE:-$top/libacl-emu/include}
symbols=$top/libacl-emu/symbols.txt
out=$top/.build/link
count=0
failed=0

say() { # say RESULT NAME [DIRECTIVE]
	count=$((count + 1))
	[ "$1" = ok ] || failed=1
	echo "$1 $count link.$2${3:+ # $3}"
}

headers() {
	find "$include" -name '*.h' ! -path '*/error_codes/*' | sed "s|^$include/||" |
		LC_ALL=C sort | sed 's/.*/#include "&"/'
}

# The addresses are compared with those that a search by name finds, as clients do.
program() { # program LANGUAGE
	headers
	printf '#include <dlfcn.h>\n#include <stdio.h>\n'
	echo 'struct row { const char *name; void *address; };'
	echo 'static const struct row rows[] = {'
	case $1 in
	c++) convert='reinterpret_cast<void *>(' ;;
	*) convert='(void *)(' ;;
	esac
	# Mangled names are those of C++ callers, which the headers give the plain names.
	grep -v '^_Z' "$symbols" | sed "s/.*/\t{ \"&\", $convert\&&) },/"
	cat <<-'END'
	};
	int main(void)
	{
		const size_t count = sizeof(rows) / sizeof(rows[0]);
		int bad = 0;

		for (size_t i = 0; i < count; i++) {
			void *named = dlsym(RTLD_DEFAULT, rows[i].name);

			if (!named || named != rows[i].address)
				bad += printf("%s leads elsewhere\n", rows[i].name) > 0;
		}
		printf("%zu functions\n", count);
		return bad != 0;
	}
	END
}

try() { # try COMPILER LANGUAGE SUFFIX STANDARD
	if ! command -v "$1" >/dev/null 2>&1; then
		say ok "$1" "SKIP $1 is not installed"
		return
	fi
	program "$2" >"$out/program.$1.$3"
	if "$1" "-std=$4" -D_GNU_SOURCE -Wall -Wextra -Werror -I"$include" "$out/program.$1.$3" \
		-o "$out/program.$1" -L"$libdir" -Wl,-rpath,"$libdir" -lascendcl \
		>"$out/$1.log" 2>&1 && "$out/program.$1" >>"$out/$1.log" 2>&1; then
		say ok "$1"
	else
		say 'not ok' "$1"
		head -n 30 "$out/$1.log" | sed 's/^/# /'
	fi
}

# Opened by every name it has, in one process, the library has one state: who starts the runtime
# through one name finds it started through the others. Links with another name need the same.
one_state() {
	cat >"$out/names.c" <<-'END'
	#include <dlfcn.h>
	#include <stdio.h>
	int main(void)
	{
		const char *const names[] = { "libascendcl.so", "libacl_rt.so", "libacl-emu.so.1" };
		int (*init)(const char *path);

		for (int i = 0; i < 3; i++) {
			void *handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);

			if (!handle)
				return printf("%s\n", dlerror());
			*(void **)&init = dlsym(handle, "aclInit");
			if (init(NULL) != (i ? 100002 : 0))
				return printf("%s has a state of its own\n", names[i]);
		}
		return 0;
	}
	END
	echo "extern int aclInit(const char *); int main(void) { return aclInit(0) != 0; }" \
		>"$out/second.c"
	if ${CC:-cc} "$out/names.c" -o "$out/names" -ldl >"$out/names.log" 2>&1 &&
		LD_LIBRARY_PATH=$libdir "$out/names" >>"$out/names.log" 2>&1 &&
		${CC:-cc} "$out/second.c" -o "$out/second" -L"$libdir" -lacl_rt \
			>>"$out/names.log" 2>&1 &&
		LD_LIBRARY_PATH=$libdir "$out/second" >>"$out/names.log" 2>&1 &&
		readelf -dW "$out/second" | grep -q 'NEEDED.*\[libascendcl.so\]' &&
		! readelf -VW "$out/second" | grep 'File: libascendcl.so'; then
		say ok one_state
	else
		say 'not ok' one_state
		sed 's/^/# /' "$out/names.log"
	fi
}

# Each function has a row in the table of questions.
rows() {
	# What kernels on the CPU use is called by macros and returns no code.
	grep -E '^(acl|rt)' "$symbols" | grep -vE '^acl_emu_(block|run_kernel|tiling)' |
		while read -r name; do
		grep -q "^ROW($name," "$top/tests/kselftest/acl/questions/rows.h" ||
			echo "# $name has no row in acl/questions/rows.h"
	done >"$out/rows"
	if [ -s "$out/rows" ]; then
		say 'not ok' rows
		cat "$out/rows"
	else
		say ok rows
	fi
}

mkdir -p "$out" || exit 1
echo 'TAP version 13'
echo 1..6
try g++ c++ cpp c++17
try clang++ c++ cpp c++17
try gcc c c gnu11
try clang c c gnu11
one_state
rows
exit $failed
