#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Runs the examples: three processes and a piece of device memory, of which two
# share it and the third may not; then memory from GmAlloc(), shared by fork.
# Needs the module loaded; make demo runs it in a VM.

set -u

cd "$(dirname "$0")/../.." || exit 1
bin=${1:-.build/examples}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

for program in share_owner share_peer gm_share; do
	[ -x "$bin/$program" ] || { echo "$bin/$program is missing: make examples" >&2; exit 1; }
done

# expect NAME PID STATUS: the process ends, and as it should. Processes that wait
# for one which is gone are ended by the time-out.
bad=0
expect()
{
	wait "$2"
	status=$?
	[ $status = "$3" ] && return
	echo "$1 ended with status $status instead of $3" >&2
	bad=1
}

echo "Two processes share device memory, a third may not"
mkfifo "$work/a-b" "$work/b-a" "$work/a-c" "$work/c-a" || exit 1
timeout 120 "$bin/share_owner" "$work/b-a" "$work/a-b" "$work/c-a" "$work/a-c" & a=$!
timeout 120 "$bin/share_peer" B "$work/a-b" "$work/b-a" & b=$!
timeout 120 "$bin/share_peer" C "$work/a-c" "$work/c-a" & c=$!
expect C $c 3
expect B $b 0
expect A $a 0

echo
echo "A block of memory shared with forked children"
"$bin/gm_share" || { echo "gm_share ended with status $?" >&2; bad=1; }

echo
if [ $bad = 0 ]; then
	echo "Everything went as it should"
else
	echo "Something went wrong, see above"
fi
exit $bad
