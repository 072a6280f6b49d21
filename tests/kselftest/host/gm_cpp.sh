#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Programs against GmAlloc and ICPU_RUN_KF, in C++ and C, with gcc and clang: with tikicpulib.h,
# and compiled against declarations of C++ linkage as objects for the real library are.
# Uses the library in LIBDIR (default: .build/lib of this tree); TAP.

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
include=$top/libacl-emu/include
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

refuse() { # refuse COMPILER NAME SOURCE WORDS: does not compile, and the reason has the words
	if ! command -v "$1" >/dev/null 2>&1; then
		say ok "$1.$2" "SKIP $1 is not installed"
	elif "$1" -fsyntax-only -Werror -I"$include" "$3" >"$out/$2.$1.log" 2>&1; then
		say "not ok" "$1.$2"
		echo "# it compiles"
	elif ! grep -q "$4" "$out/$2.$1.log"; then
		say "not ok" "$1.$2"
		sed 's/^/# /' "$out/$2.$1.log"
	else
		say ok "$1.$2"
	fi
}

once() { # once COMPILER NAME WORDS: the program printed the words once
	if ! command -v "$1" >/dev/null 2>&1; then
		say ok "$1.$2.once" "SKIP $1 is not installed"
	elif [ "$(grep -o "$3" "$out/$2.$1.log" | wc -l)" -eq 1 ]; then
		say ok "$1.$2.once: $3"
	else
		say "not ok" "$1.$2.once: $3"
		sed 's/^/# /' "$out/$2.$1.log"
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

# The lines of the documentation of GmAlloc, unchanged.
cat >"$out/lines" <<'END'
constexpr size_t len = 8 * 32 * 1024 * 8;
half* x = (half*) GmAlloc(len*sizeof(half));
END
{
	echo '#include "tikicpulib.h"'
	echo 'int main() {'
	cat "$out/lines"
	echo 'x[len - 1] = (half)1.5f; bfloat16_t b = (bfloat16_t)2.5f;'
	echo 'int bad = x[len - 1] != (half)1.5f || x[0] != 0 || (float)b != 2.5f;'
	echo 'GmFree(x); return bad; }'
} >"$out/documented.cpp"
# C before C23 has no constexpr.
{
	echo '#include "tikicpulib.h"'
	echo '#define constexpr const'
	echo 'int main(void) {'
	cat "$out/lines"
	echo 'x[len - 1] = acl_emu_half_from(1.5f);'
	echo 'int bad = acl_emu_half_to(x[len - 1]) != 1.5f; GmFree(x); return bad; }'
} >"$out/documented.c"

call() { # call NAME LANGUAGE CALL: a program that contains the call
	{
		echo '#include "tikicpulib.h"'
		echo 'struct tiling { int n; };'
		echo 'void two(GM_ADDR a, GM_ADDR b); void by_value(struct tiling t);'
		echo 'void real(double d);'
		echo 'void f(uint8_t *p, struct tiling t, float *n)'
		echo "{ (void)p; (void)t; (void)n; $3; }"
	} >"$out/$1.$2"
}
p32=p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p,p
call too_few cpp 'ICPU_RUN_KF(two, 1, p)'
call too_few c 'ICPU_RUN_KF(two, 1, p)'
call wrong_type cpp 'ICPU_RUN_KF(two, 1, p, n)'
call wrong_type c 'ICPU_RUN_KF(two, 1, p, n)'
call structure cpp 'ICPU_RUN_KF(by_value, 1, t)'
call structure c 'ICPU_RUN_KF(by_value, 1, t)'
call floating cpp 'ICPU_RUN_KF(real, 1, 1.0)'
call too_many cpp "ICPU_RUN_KF(two, 1, $p32, p)"
call too_many c "ICPU_RUN_KF(two, 1, $p32, p)"
call tensors cpp 'AscendC::GlobalTensor<half> t2'

echo "TAP version 13"
echo "1..52"
for cxx in g++ clang++; do
	build_and_run "$cxx" foreign "$out/foreign.cpp"
	build_and_run "$cxx" repeated "$out/repeated.cpp" -I"$include"
	build_and_run "$cxx" unambiguous "$out/unambiguous.cpp" -I"$include"
	build_and_run "$cxx" example "$top/libacl-emu/examples/gm_share_cpp.cpp" -I"$include"
	build_and_run "$cxx" documented "$out/documented.cpp" -I"$include"
	for std in 11 17 20; do
		build_and_run "$cxx" "half_$std" "$here/gm_cpp/half.cpp" -std=c++$std -I"$include"
	done
	build_and_run "$cxx" kernel "$here/gm_cpp/kernel.cpp" -std=c++11 -I"$include"
	once "$cxx" kernel 'program says;'
	once "$cxx" kernel 'block 0 says;'
	once "$cxx" kernel 'block 1 says;'
	once "$cxx" kernel 'block 0 of 1 of .* was killed by signal 6'
	refuse "$cxx" too_few "$out/too_few.cpp" 'too few arguments'
	refuse "$cxx" wrong_type "$out/wrong_type.cpp" 'float'
	refuse "$cxx" structure "$out/structure.cpp" 'must be a pointer to memory of GmAlloc'
	refuse "$cxx" floating "$out/floating.cpp" 'must be a pointer to memory of GmAlloc'
	refuse "$cxx" too_many "$out/too_many.cpp" 'has at most 32 arguments'
	# Kernels of the tensor classes are for the real library: no header pretends to have them.
	refuse "$cxx" tensors "$out/tensors.cpp" 'GlobalTensor'
done
for cc in gcc clang; do
	build_and_run "$cc" documented_c "$out/documented.c" -I"$include"
	build_and_run "$cc" half_c "$here/gm_cpp/half.c" -std=c11 -I"$include"
	build_and_run "$cc" example_c "$top/libacl-emu/examples/gm_share.c" -std=c11 -I"$include"
	refuse "$cc" too_few_c "$out/too_few.c" 'too few arguments'
	refuse "$cc" wrong_type_c "$out/wrong_type.c" 'incompatible pointer type'
	refuse "$cc" structure_c "$out/structure.c" 'aggregate value\|pointer type is required'
	refuse "$cc" too_many_c "$out/too_many.c" 'not a function'
done
[ "$failed" -eq 0 ]
