# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # from the caller
#
# Debian's archive for the machine of arch.sh, read by apt. On the machine itself apt
# is used as it is set up. For another machine apt gets a directory with lists of its
# own: this machine's apt and dpkg do not learn of a second architecture. Sourced by
# deps.

archive=() archive_here='' archive_place=''
if [ -n "$arch_cross" ]; then
	archive_place=${XDG_CACHE_HOME:-$HOME/.cache}/acl-emu/archive/$arch
	# Programs that run here while the module is built: PACKAGE$archive_here.
	archive_here=:$(dpkg --print-architecture 2>/dev/null)
	archive=(-o "Dir=$archive_place" -o "Dir::State::status=$archive_place/status"
		-o "APT::Architecture=$arch_debian" -o "APT::Architectures::=$arch_debian"
		-o "APT::Architectures::=${archive_here#:}" -o Acquire::Languages=none)
fi

archive_cache()
{
	apt-cache "${archive[@]}" "$@"
}

archive_get()
{
	apt-get -o APT::Sandbox::User=root "${archive[@]}" "$@"
}

archive_known()
{
	[ -n "$(archive_cache show "$1" 2>/dev/null | head -c 1)" ]
}

# The release of Debian whose programs run on this machine.
archive_suite()
{
	local ID='' VERSION_CODENAME=''

	# shellcheck disable=SC1091 # of this machine
	. /etc/os-release
	[ "$ID" = debian ] || VERSION_CODENAME=bookworm
	echo "$VERSION_CODENAME"
}

# archive_update: makes the directory and reads the lists.
archive_update()
{
	local suite mirror=${ACL_EMU_MIRROR:-http://deb.debian.org/debian}
	local keys='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'

	suite=$(archive_suite)
	mkdir -p "$archive_place"/etc/apt/{apt.conf.d,preferences.d,trusted.gpg.d} \
		"$archive_place"/var/{lib/apt/lists/partial,cache/apt/archives/partial,lib/dpkg} ||
		return 1
	: >"$archive_place/status"
	printf "deb $keys %s %s main\n" "$mirror" "$suite" "$mirror" "$suite-updates" \
		"${mirror%/debian}/debian-security" "$suite-security" \
		>"$archive_place/etc/apt/sources.list"
	archive_get -q update >"$archive_place/log" 2>&1
}

# archive_unpack DIR PACKAGE...: unpacks packages and all that they depend on into DIR.
# Nothing of them is run, so they may be of another machine.
archive_unpack()
{
	local root=$1 deb name

	shift
	rm -f "$archive_place"/var/cache/apt/archives/*.deb
	archive_get -y -q --no-install-recommends --download-only install "$@" \
		>"$archive_place/log" 2>&1 || return 1
	mkdir -p "$root"/usr/{bin,sbin,lib} "$root"/{proc,sys,dev,tmp,run,etc}
	for name in bin sbin lib; do
		ln -s "usr/$name" "$root/$name"
	done
	for deb in "$archive_place"/var/cache/apt/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink --no-same-owner \
			-C "$root" || return 1
	done
	rm -rf "$root"/usr/share/{doc,man,locale,info} "$archive_place"/var/cache/apt/archives/*.deb
}

# What the packages' scripts would have done, as far as it is needed.
archive_settle()
{
	cp "$1/usr/share/base-passwd/passwd.master" "$1/etc/passwd" &&
		cp "$1/usr/share/base-passwd/group.master" "$1/etc/group" || return 1
	[ -e "$1/usr/bin/awk" ] || ln -s mawk "$1/usr/bin/awk"
	[ -e "$1/usr/bin/sh" ] || ln -s dash "$1/usr/bin/sh"
}
