# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2034 # results for the caller
#
# Kernels a VM can boot. Sourced by the other scripts of this directory.
#
# kernel_find SPEC sets
#   kernel_release  what uname -r says in the guest
#   kernel_build    the tree modules are built against (KDIR)
#   kernel_image    the file QEMU boots
#   kernel_root     a directory whose lib/modules/RELEASE holds the modules,
#                   empty for a build tree
# and, on failure, returns 1 with the reason in kernel_error.

# shellcheck source=tests/vm/arch.sh
. "$(dirname "${BASH_SOURCE[0]}")/arch.sh"

kernel_cache=${XDG_CACHE_HOME:-$HOME/.cache}/acl-emu/kernel
# What a tree builds for a machine.
case $arch in
x86_64) kernel_images="arch/x86/boot/bzImage vmlinux" ;;
arm64) kernel_images="arch/arm64/boot/Image" ;;
esac

# kernel_newest SERIES: the newest release of "6.1", "6.12", ... whose headers
# are here. Flavours (rt, cloud) are not what a plain number asks for.
kernel_newest()
{
	local dir release

	for dir in /usr/src/linux-headers-"$1"[.+-]*-"$arch_debian" \
		"$kernel_cache"/*/usr/src/linux-headers-"$1"[.+-]*-"$arch_debian"; do
		release=${dir##*/linux-headers-}
		case $release in
		*-rt-* | *-cloud-*) continue ;;
		esac
		[ -e "$dir/Makefile" ] && echo "$release"
	done | sort -V | tail -n 1
}

# kernel_headers RELEASE: sets kernel_build.
kernel_headers()
{
	local root

	for root in "" "$kernel_cache/$1"; do
		kernel_build=$root/usr/src/linux-headers-$1
		[ -e "$kernel_build/Makefile" ] && return 0
	done
	kernel_build=
	kernel_error="no headers of kernel $1; run tests/vm/deps build"
	return 1
}

# kernel_packed RELEASE: sets kernel_packed and kernel_root to the distribution's
# image and modules: those of the host if it has them, else the unpacked package.
# Headers alone also make a /lib/modules/RELEASE, so look for the modules.
kernel_packed()
{
	local root

	for root in "" "$kernel_cache/$1"; do
		[ -d "$root/lib/modules/$1/kernel" ] || continue
		[ -e "$root/lib/modules/$1/modules.dep" ] || continue
		# Newer packages have the image beside the modules.
		for kernel_packed in "$root/boot/vmlinuz-$1" "$root/lib/modules/$1/vmlinuz"; do
			[ -r "$kernel_packed" ] || continue
			kernel_root=${root:-/}
			return 0
		done
	done
	kernel_error="no image and modules of kernel $1; run tests/vm/deps vm"
	return 1
}

# kernel_unpack BZIMAGE VMLINUX: takes the ELF image out of a bzImage. An
# emulated CPU needs seconds for what the host does at once. The offsets are
# fields of the x86 boot protocol.
kernel_unpack()
{
	local setup offset length magic packer

	setup=$(od -An -tu1 -j497 -N1 "$1")
	offset=$(od -An -tu4 -j584 -N4 "$1")
	length=$(od -An -tu4 -j588 -N4 "$1")
	offset=$(((setup + 1) * 512 + offset))
	magic=$(tail -c +$((offset + 1)) "$1" | head -c 4 | od -An -tx1 | tr -d ' ')
	case $magic in
	fd377a58) packer="xz -dcq --single-stream" ;;
	28b52ffd) packer="zstd -dcq" ;;
	1f8b*) packer="gzip -dcq" ;;
	*) return 1 ;;
	esac
	# The last four bytes are the unpacked length, not part of the stream.
	tail -c +$((offset + 1)) "$1" | head -c $((length - 4)) |
		$packer 2>/dev/null >"$2.$$" || :
	if [ "$(head -c 4 "$2.$$" | od -An -tx1 | tr -d ' ')" = 7f454c46 ] &&
	   [ "$(stat -c %s "$2.$$")" -gt 16000000 ]; then
		mv -f "$2.$$" "$2"
	else
		rm -f "$2.$$"
		return 1
	fi
}

# kernel_bootable RELEASE BZIMAGE: sets kernel_image to the unpacked image when
# that can be had, to the bzImage otherwise.
kernel_bootable()
{
	local image=$kernel_cache/$1.vmlinux

	kernel_image=$2
	[ "$arch" = x86_64 ] || return 0
	if [ -r "$image" ] && [ ! "$2" -nt "$image" ]; then
		kernel_image=$image
	elif mkdir -p "$kernel_cache" 2>/dev/null && kernel_unpack "$2" "$image"; then
		kernel_image=$image
	fi
}

kernel_find_tree()
{
	local tree=$1 image

	if [ ! -r "$tree/include/generated/utsrelease.h" ]; then
		kernel_error="$tree is not a built kernel tree (no include/generated/utsrelease.h)"
		return 1
	fi
	kernel_release=$(sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$tree/include/generated/utsrelease.h")
	kernel_build=$(cd "$tree" && pwd)
	kernel_root=
	# Not every kernel's ELF image boots in QEMU with a sanitizer compiled
	# in; whoever made a bzImage had a reason.
	for image in $kernel_images; do
		if [ -r "$tree/$image" ]; then
			kernel_image=$kernel_build/$image
			return 0
		fi
	done
	kernel_error="$tree has none of: $kernel_images"
	return 1
}

kernel_find()
{
	local release=$1

	kernel_error=
	case $1 in
	*/*)
		kernel_find_tree "$1"
		return
		;;
	*[!0-9.]*) ;;
	*)
		release=$(kernel_newest "$1")
		if [ -z "$release" ]; then
			kernel_error="no headers of a $1 kernel; run tests/vm/deps build"
			return 1
		fi
		;;
	esac
	kernel_release=$release
	kernel_headers "$release" || return 1
	kernel_packed "$release" || return 1
	kernel_bootable "$release" "$kernel_packed"
}
