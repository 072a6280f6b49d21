#!/bin/sh
# SPDX-License-Identifier: MIT
#
# C++ programs against the library's GmAlloc: with tikicpulib.h, and compiled
# against declarations of C++ linkage as objects for the real library are.
# Uses the library in LIBDIR (default: .build/lib of this tree); TAP.

top=$(cd "$(dirname "$0")/../../.." && pwd)
libdir=${LIBDIR:-$top/.build/lib}
out=${OUTPUT:-$top/.build}/gm_cpp
count=0
failed=0

say() { # say RESULT NAME [DIRECTIVE]
	count=$((count + 1))
	[ "$1" = ok ] || failed=$((failed + 1))
	echo "$1 $count $2${3:+ # $3}"
}

build_and_run() { # build_and_run COMPILER NAME SOURCE [FLAG...]
	compiler=$1 name=$2 source=$3
	shift 3
	if ! command -v "$compiler" >/dev/null 2>&1; then
		say ok "$compiler.$name" "SKIP $compiler is not installed"
		return
	fi
	if "$compiler" -Wall -Wextra -Werror -pedantic "$@" "$source" \
		-o "$out/$name.$compiler" -L"$libdir" -Wl,-rpath,"$libdir" \
		-lascendcl >"$out/$name.$compiler.log" 2>&1 &&
		"$out/$name.$compiler" >>"$out/$name.$compiler.log" 2>&1; then
		say ok "$compiler.$name"
	else
		say "not ok" "$compiler.$name"
		sed 's/^/# /' "$out/$name.$compiler.log"
	fi
}

mkdir -p "$out" || exit 1

# What a header with C++ linkage declares, and nothing of ours.
cat >"$out/foreign.cpp" <<'END'
#include <cstddef>
#include <cstdint>
#include <cstring>
namespace AscendC {
void *GmAlloc(size_t size);
void GmFree(void *ptr);
uint64_t GmGetUserSize(uint64_t addr);
void CheckGmValied(int argn, uint64_t *argv);
}
int main()
{
	void *p = AscendC::GmAlloc(100);
	uint64_t address = reinterpret_cast<uint64_t>(p);
	uint64_t size = AscendC::GmGetUserSize(address);
	AscendC::CheckGmValied(1, &address);
	std::memset(p, 1, 100);
	AscendC::GmFree(p);
	return size == 100 && AscendC::GmGetUserSize(address) == 0 ? 0 : 1;
}
END

# A program that repeats the prototypes after the header.
{
	echo '#include "tikicpulib.h"'
	sed 1,3d "$out/foreign.cpp" | sed '1i #include <cstring>'
} >"$out/repeated.cpp"

# Header users see one function whichever way they look it up.
cat >"$out/unambiguous.cpp" <<'END'
#include "tikicpulib.h"
using namespace AscendC;
int main()
{
	void *p = GmAlloc(3);
	uint64_t size = ::GmGetUserSize(reinterpret_cast<uint64_t>(p));
	AscendC::GmFree(p);
	return size == 3 && &::GmFree == &AscendC::GmFree ? 0 : 1;
}
END

echo "TAP version 13"
echo "1..8"
for cxx in g++ clang++; do
	build_and_run "$cxx" foreign "$out/foreign.cpp"
	build_and_run "$cxx" repeated "$out/repeated.cpp" -I"$top/libacl-emu/include"
	build_and_run "$cxx" unambiguous "$out/unambiguous.cpp" -I"$top/libacl-emu/include"
	build_and_run "$cxx" example "$top/libacl-emu/examples/gm_share_cpp.cpp" \
		-I"$top/libacl-emu/include"
done
[ "$failed" -eq 0 ]
