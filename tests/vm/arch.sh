# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2034 # results for the caller
#
# The machine to build for and to test on: ARCH, x86_64 or arm64 as the kernel names
# them, or this machine. Sourced by the other scripts. Sets
#   arch          x86_64 or arm64
#   arch_cross    prefix of the compiler, empty on the machine itself
#   arch_debian   name of the machine in Debian
#   arch_qemu     QEMU's program
#   arch_root     a Debian root of that machine, which the compiler and the VM use;
#                 empty on the machine itself, which uses its own file system
#   arch_build    where make puts what it builds, below the top of the tree

arch_name()
{
	case $1 in
	x86 | x86_64) echo x86_64 ;;
	arm64) echo arm64 ;;
	*) echo "acl-emu supports x86_64 and arm64, not $1" >&2; return 1 ;;
	esac
}

arch_host=$(arch_name "$(uname -m | sed s/aarch64/arm64/)") || exit 1
arch=$(arch_name "${ARCH:-$arch_host}") || exit 1
arch_cross='' arch_root='' arch_build=.build
case $arch in
x86_64) arch_debian=amd64 arch_gnu=x86_64-linux-gnu arch_qemu=qemu-system-x86_64 ;;
arm64) arch_debian=arm64 arch_gnu=aarch64-linux-gnu arch_qemu=qemu-system-aarch64 ;;
esac
if [ "$arch" != "$arch_host" ]; then
	if [ "$arch" = x86_64 ]; then
		echo "on an arm64 machine, arm64 alone is built and tested" >&2
		exit 1
	fi
	arch_cross=$arch_gnu-
	arch_root=${XDG_CACHE_HOME:-$HOME/.cache}/acl-emu/root/$arch
	arch_build=.build/$arch
fi
