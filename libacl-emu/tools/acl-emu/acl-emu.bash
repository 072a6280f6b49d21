# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Completion of acl-emu for bash.

# What may stand behind a command: its options, or words that are asked for now.
_acl_emu_words()
{
	case $1 in
	info) echo "--json --watch --help" ;;
	top) echo "--delay --help" ;;
	who) echo "--pid --streams --places --verbose --json --help" ;;
	run) echo "--leaks --devices --capacity --help" ;;
	leaks) echo "--suppressions --exit-code --stuck --output --report --json --help" ;;
	trace) echo "--calls --summary --help" ;;
	load)
		echo "--module --help devices= capacity_mb= host_mb= reserved_mb= node= overcommit= backing="
		;;
	unload) echo "--help" ;;
	doctor) echo "--json --help" ;;
	*) echo "info top who run leaks trace load unload doctor --help --version" ;;
	esac
}

# Processes that use a device.
_acl_emu_pids()
{
	"${COMP_WORDS[0]}" info 2>/dev/null | awk '$2 ~ /^[0-9]+$/ { print $2 }' | sort -un
}

_acl_emu()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=
	local i

	[ "$COMP_CWORD" -le 1 ] || command=${COMP_WORDS[1]}
	COMPREPLY=()
	case $command:$before in
	who:--pid | who:-p | who:--streams | who:-s | who:--places | who:-P)
		mapfile -t COMPREPLY < <(compgen -W "$(_acl_emu_pids)" -- "$word")
		return
		;;
	load:--module | load:-m)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	esac
	# Behind the name of a program its own words follow.
	if [ "$command" = run ] || [ "$command" = leaks ] || [ "$command" = trace ]; then
		for ((i = 2; i < COMP_CWORD; i++)); do
			[ "${COMP_WORDS[i]}" = -- ] || continue
			mapfile -t COMPREPLY < <(compgen -c -f -- "$word")
			return
		done
	fi
	mapfile -t COMPREPLY < <(compgen -W "$(_acl_emu_words "$command")" -- "$word")
	case ${COMPREPLY[*]} in
	*=) compopt -o nospace 2>/dev/null ;;
	esac
}

complete -o default -F _acl_emu acl-emu
