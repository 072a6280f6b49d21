# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2034,SC2154 # from and for the caller
#
# The guest's initramfs: busybox, init and the modules that reach the host's file
# system. Sourced by run. initramfs_make uses kernel_* and state, sets initramfs,
# or initramfs_error and returns 1.

initramfs_modules="virtio_pci 9pnet_virtio 9p overlay"

# Prints "FILE" for each module the guest needs, in the order of loading.
initramfs_list()
{
	local name

	if [ -n "$kernel_root" ]; then
		for name in $initramfs_modules; do
			modprobe -S "$kernel_release" -d "$kernel_root" --show-depends "$name" |
				sed -n 's/^insmod \([^ ]*\).*/\1/p'
		done | awk '!seen[$0]++'
		return
	fi
	# A build tree has no modules.dep before modules_install, and the chain is
	# short and known; what the tree lacks is built in.
	for name in virtio virtio_ring virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci \
		fscache netfs 9pnet 9pnet_virtio 9p overlay; do
		find "$kernel_build" -name "$name.ko" | head -n 1
	done
}

# initramfs_unpack FILE DIR: puts the module into DIR, prints its name there.
initramfs_unpack()
{
	local name

	name=$(basename "$1")
	case $name in
	*.xz) name=${name%.xz}; xz -dc "$1" >"$2/$name" ;;
	*.zst) name=${name%.zst}; zstd -dcq "$1" >"$2/$name" ;;
	*.gz) name=${name%.gz}; gzip -dc "$1" >"$2/$name" ;;
	*) cp "$1" "$2/$name" ;;
	esac && echo "$name"
}

initramfs_busybox()
{
	if [ -n "$arch_root" ]; then
		echo "$arch_root/bin/busybox"
	else
		command -v busybox
	fi
}

initramfs_build()
{
	local dir=$1 list=$2 file

	mkdir -p "$dir/bin" "$dir/modules" "$dir/proc" "$dir/sys" "$dir/dev"
	cp "$(initramfs_busybox)" "$dir/bin/busybox" || return 1
	cp "$here/init" "$dir/init" || return 1
	chmod 755 "$dir/init" "$dir/bin/busybox"
	for file in $list; do
		initramfs_unpack "$file" "$dir/modules" || return 1
	done >"$dir/modules/order"
	(cd "$dir" && find . | cpio -o -H newc -R 0:0 --quiet)
}

initramfs_make()
{
	local list key dir=$control/initramfs

	if ldd "$(initramfs_busybox)" 2>/dev/null | grep -q '=>'; then
		initramfs_error="busybox is linked dynamically; run tests/vm/deps vm for busybox-static"
		return 1
	fi
	list=$(initramfs_list)
	# shellcheck disable=SC2086 # one word a file
	key=$({
		cat "$here/init" "$here/initramfs.sh"
		stat -L -c '%n %s %Y' "$(initramfs_busybox)" $list
	} | sha256sum | cut -c 1-16)
	initramfs=$state/initramfs-$kernel_release-$key.cpio
	[ -r "$initramfs" ] && return 0
	rm -f "$state/initramfs-$kernel_release"-*.cpio
	if ! initramfs_build "$dir" "$list" >"$initramfs.$$"; then
		rm -f "$initramfs.$$"
		initramfs_error="cannot build the initramfs of $kernel_release"
		return 1
	fi
	rm -rf "$dir"
	mv -f "$initramfs.$$" "$initramfs"
}
