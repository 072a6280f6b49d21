#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The program acl-emu without a module: help, exit codes, completion, and that the
# manual page names every option, every command and every key of its JSON. TAP.

set -u

cd "$(dirname "$0")/../../.." || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/acl-emu-tool.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
tool=$PWD/.build/tool/acl-emu
dir=libacl-emu/tools/acl-emu
page=$dir/acl-emu.1
commands="info top who run leaks trace load unload doctor"
# No node, whatever this machine has.
export ACL_EMU_DEVICE=/nonexistent
unset ACL_EMU_KO ACL_EMU_VM
# shellcheck source=tests/kselftest/lib/tap.sh
. tests/kselftest/lib/tap.sh

# expect STATUS TEXT WORD...: the exit status, and a text in what is printed.
expect()
{
	local want=$1 text=$2 status

	shift 2
	"$tool" "$@" >"$work/out" 2>&1 </dev/null
	status=$?
	[ $status = "$want" ] || echo "acl-emu $*: status $status, not $want"
	grep -qF -e "$text" "$work/out" || echo "acl-emu $*: no '$text' in: $(cat "$work/out")"
}

# Each command, and each option in it, in the page and in the completion.
helps()
{
	local command option

	for command in $commands; do
		expect 0 "usage: acl-emu $command" "$command" --help
		expect 0 "usage: acl-emu $command" "$command" -h
	done
	expect 0 "usage: acl-emu [COMMAND]" --help
	expect 0 "usage: acl-emu [COMMAND]" help
	expect 0 "acl-emu 1.0" --version
	for command in $commands; do
		"$tool" --help | grep -q "^  $command " || echo "--help lacks $command"
		grep -q "^\.SS $command\b" "$page" || echo "the page lacks $command"
		for option in $("$tool" "$command" --help | grep -oE -- '--[a-z-]*[a-z]' | sort -u); do
			grep -qF -e "${option//-/\\-}" "$page" ||
				echo "the page lacks $option of $command"
			completes "$option" "$command" "$option"
		done
	done
}

exit_codes()
{
	expect 2 "no command 'nothing'" nothing
	expect 2 "usage: acl-emu info" info --nothing
	expect 2 "usage: acl-emu info" --nothing
	expect 2 "usage: acl-emu who" who 0 1
	expect 2 "usage: acl-emu run" run
	expect 2 "NAME=VALUE" load devices
	expect 2 "usage: acl-emu unload" unload x
	expect 2 "usage: acl-emu doctor" doctor x
	expect 2 "terminal" top
	expect 3 "cannot open /nonexistent" info
	expect 3 "cannot open /nonexistent"
	expect 3 "cannot open /nonexistent" who --json
	expect 1 "fault  node" doctor
	expect 1 '"findings"' doctor --json
}

# In place of the VM runner: it prints what it is told.
run_in_a_vm()
{
	[ ! -d /sys/module/acl_emu ] || return 0
	# Root would load a module that is installed.
	if [ "$(id -u)" = 0 ] && modinfo acl_emu >/dev/null 2>&1; then
		return 0
	fi
	printf '#!/bin/sh\necho "args: $*"\nexit 37\n' >"$work/vm"
	chmod 755 "$work/vm"
	export ACL_EMU_VM=$work/vm
	expect 37 "args: -- prog --option" run -- prog --option
	expect 37 "args: --module-args devices=3 capacity_mb=2048 -- prog" run -d 3 -c 2G prog
	export ACL_EMU_VM=$work/none
	expect 125 "ACL_EMU_VM" run prog
	unset ACL_EMU_VM
}

# completes WANT COMMAND WORD: bash offers WANT for the last word.
completes()
{
	local want=$1

	shift
	# shellcheck disable=SC2016 # for the other bash
	bash -c '
		. "$1"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_acl_emu
		printf "%s\n" "${COMPREPLY[@]}"
	' bash "$dir/acl-emu.bash" "$tool" "$@" | grep -qxF -e "$want" ||
		echo "completion of '$*' lacks $want"
}

completion()
{
	local command

	for command in $commands; do
		completes "$command" "${command:0:2}"
	done
	completes devices= load dev
	completes "$work/vm" run -- "$work/v"
}

manual_page()
{
	groff -man -Tutf8 -ww -z "$page" 2>&1
	man -l "$page" >/dev/null 2>"$work/log" || echo "man -l fails"
	cat "$work/log"
}

# What json_pack() and json_object_set_new() are given as keys, and those that the tool
# and the reports of the library print themselves. Graphs print a format of a browser.
json_keys()
{
	sed -n '/^static json_t \*\|^json_t \*\|json_print(json_pack/,/^}/p' "$dir"/*.c |
		grep -oE '"[a-z]+", |_new\([a-z]+, "[a-z]+"' | grep -oE '"[a-z]+"' | tr -d '"'
	find libacl-emu/src -name '*.c' ! -path '*/graph/*' -exec \
		grep -ohE '\\"[a-z_]+\\":' "$dir"/who_json.c '{}' + | tr -d '\\":'
}

json_documented()
{
	local key

	for key in $(json_keys | sort -u); do
		case $key in
		sync | memory) continue ;;
		# Of the library for the tool, which resolves them.
		modules | build_id | path) continue ;;
		esac
		grep -qE "(^|[ (])$key\b" "$page" || echo "the page lacks the key $key"
	done
}

# Each number of the interface has a name for trace.
names()
{
	sed -n 's/^\tACL_EMU_NR_\([A-Z_]*\) = 0x.*/IOCTL(\1)/p
		s/^\tACL_EMU_REASON_\([A-Z_0-9]*\) = .*/REASON(\1)/p' uapi/acl_emu.h |
		grep -vxE 'IOCTL\(BASE\)|REASON\(NONE\)' | while read -r name; do
		grep -qF "$name" "$dir/names.c" || echo "names.c lacks $name"
	done
}

# The installed program runs away from this tree, and has its page and completion.
installed()
{
	make -s install PREFIX="$work/prefix" >"$work/log" 2>&1 || cat "$work/log"
	"$work/prefix/bin/acl-emu" --version 2>&1 | grep -qx 'acl-emu 1.0' || echo "does not run"
	cmp "$page" "$work/prefix/share/man/man1/acl-emu.1" 2>&1
	cmp "$dir/acl-emu.bash" "$work/prefix/share/bash-completion/completions/acl-emu" 2>&1
	# shellcheck disable=SC1091 # made by the installation
	(. "$work/prefix/set_env.sh" && [ "$(command -v acl-emu)" = "$work/prefix/bin/acl-emu" ]) ||
		echo "set_env.sh does not find it"
}

# The calls of a program that needs no device, with the installed programs.
calls()
{
	local out

	cat >"$work/gm.c" <<-EOF
		#include <tikicpulib.h>
		int main(void)
		{
			GmFree(GmAlloc(12345));
			return 7;
		}
	EOF
	"${CC:-gcc}" -I"$work/prefix/include" -o "$work/gm" "$work/gm.c" -L"$work/prefix/lib64" \
		-lascendcl -Wl,-rpath,"$work/prefix/lib64" 2>&1
	out=$("$work/prefix/bin/acl-emu" trace --calls -- "$work/gm" 2>/dev/null)
	[ $? = 7 ] || echo "the status of the program is lost"
	grep -qE 'gm-[0-9]+ +GmAlloc\(size=12345\) = 0x[0-9a-f]+ ' <<<"$out" &&
		grep -qE 'GmFree\(ptr=0x[0-9a-f]+\) ' <<<"$out" || echo "$out"
	out=$("$work/prefix/bin/acl-emu" trace --calls --summary -- "$work/gm" 2>/dev/null)
	grep -qE '^GmAlloc +1 +0 ' <<<"$out" || echo "$out"
}

make -s tool >"$work/log" 2>&1 || { sed 's/^/# /' "$work/log"; echo "Bail out!"; exit 1; }
echo "TAP version 13"
echo "1..10"
result helps "$(helps)"
result exit_codes "$(exit_codes)"
result run_in_a_vm "$(run_in_a_vm)"
result completion "$(completion)"
result manual_page "$(manual_page)"
result json_documented "$(json_documented)"
result names "$(names)"
result installed "$(installed)"
result calls "$(calls)"
result no_build_paths "$(strings -a "$work/prefix/bin/acl-emu" | grep -F "$PWD/" | grep -v '\.c$')"
exit $bad
