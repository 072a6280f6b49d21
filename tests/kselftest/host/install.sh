#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The installed tree alone, away from this one, builds and links a program.

set -u

cd "$(dirname "$0")/../../.." || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/acl-emu-install.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
count=0 bad=0

check()
{
	local name=$1

	shift
	count=$((count + 1))
	if "$@" >"$work/log" 2>&1; then
		echo "ok $count install.$name"
	else
		bad=1
		sed 's/^/# /' "$work/log"
		echo "not ok $count install.$name"
	fi
}

links()
{
	[ "$(readlink "$prefix/lib64/libascendcl.so")" = libacl-emu.so.1 ] &&
	[ "$(readlink "$prefix/lib64/libacl_rt.so")" = libacl-emu.so.1 ] &&
	[ -f "$(readlink -f "$prefix/lib64/libacl-emu.so.1")" ] &&
	objdump -p "$prefix/lib64/libascendcl.so" | grep -q 'SONAME *libascendcl.so$'
}

no_build_paths()
{
	! grep -rn -e "$PWD" -e '@[A-Z]*@' "$prefix/set_env.sh" "$prefix/lib64/pkgconfig" &&
	! objdump -p "$prefix/lib64/libascendcl.so" | grep -E 'R(UN)?PATH'
}

# Installed examples are built in a directory of their own, away from this tree.
compile()
{
	local compiler=$1 file=$prefix/share/doc/acl-emu/examples/$2

	(
		cd "$work" || exit 1
		# shellcheck disable=SC1091 # made by the installation
		. "$prefix/set_env.sh" &&
		$compiler "$file" -o program -lascendcl -pthread &&
		ldd program | grep -q "libascendcl.so => $prefix/lib64/libascendcl.so"
	)
}

destdir()
{
	make -s install PREFIX=/opt/acl DESTDIR="$work/stage" &&
	[ -e "$work/stage/opt/acl/lib64/libascendcl.so" ] &&
	grep -qx 'prefix=/opt/acl' "$work/stage/opt/acl/lib64/pkgconfig/acl-emu.pc"
}

# The driver layer is beside the library and never found by the way; a shell asks for it.
driver()
{
	local file=$prefix/driver/lib64/driver/libascend_hal.so

	objdump -p "$file" | grep -q 'SONAME *libascend_hal.so$' &&
	! objdump -p "$file" | grep -E 'R(UN)?PATH|NEEDED *libascendcl' &&
	! nm -D --defined-only "$file" | awk '{ print $3 }' | grep -vE '^(hal|drv)[A-Z]' &&
	[ ! -e "$prefix/lib64/libascend_hal.so" ] &&
	path '' "$prefix/lib64" && path --driver "$prefix/driver/lib64/driver"
}

# path ARGUMENT PATH: what set_env.sh makes of an empty library path.
path()
{
	[ "$(env -u LD_LIBRARY_PATH bash -c ". '$prefix/set_env.sh' $1; echo \$LD_LIBRARY_PATH")" = \
		"$2" ]
}

shopt -s nullglob
examples=(libacl-emu/examples/*.c libacl-emu/examples/*.cpp)
echo "TAP version 13"
echo "1..$((5 + ${#examples[@]}))"
check make make -s install PREFIX="$prefix"
check links links
check no_build_paths no_build_paths
check destdir destdir
check driver driver
for file in "${examples[@]}"; do
	case $file in
	*.cpp) check "build_${file##*/}" compile g++ "${file##*/}" ;;
	*) check "build_${file##*/}" compile gcc "${file##*/}" ;;
	esac
done
exit $bad
