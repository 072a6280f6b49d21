#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Two processes share device memory, a third one is refused; then a block of
# GmAlloc() is shared with forked children. Needs the module loaded; make demo
# runs it in a VM.
#
#   demo.sh [DIR]   DIR has the example programs (default .build/examples)

set -u

cd "$(dirname "$0")/../.." || exit 1
bin=${1:-.build/examples}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0

for program in share_owner share_peer gm_share; do
	[ -x "$bin/$program" ] || { echo "$bin/$program is missing: make examples" >&2; exit 1; }
done

# expect NAME PID STATUS: the process must end with this exit status.
expect()
{
	wait "$2"
	status=$?
	[ $status = "$3" ] && return
	echo "$1 ended with status $status instead of $3" >&2
	bad=1
}

cat <<'END'
Process A allocates device memory and exports it. The value of the export does not
allow an import by itself: A also names the processes that may import. It names B.
  - B imports the memory and maps it at an address of its own. It reads what A
    wrote, and A reads what B wrote: both use the same memory, without a copy.
  - C has the value, but A did not name it: the import fails, with the reason.
When A and B have freed the memory, the device has as much in use as before.

END
mkfifo "$work/a-b" "$work/b-a" "$work/a-c" "$work/c-a" || exit 1
# A process whose peer has failed would wait for ever; timeout ends it.
timeout 120 "$bin/share_owner" "$work/b-a" "$work/a-b" "$work/c-a" "$work/a-c" & a=$!
timeout 120 "$bin/share_peer" B "$work/a-b" "$work/b-a" & b=$!
timeout 120 "$bin/share_peer" C "$work/a-c" "$work/c-a" & c=$!
expect C $c 3
expect B $b 0
expect A $a 0

cat <<'END'

A host program allocates vectors with GmAlloc() and forks one process for each core
of the device. The children add the vectors in the same memory.

END
"$bin/gm_share" || { echo "gm_share ended with status $?" >&2; bad=1; }

echo
if [ $bad = 0 ]; then
	echo "The demo succeeded"
else
	echo "The demo failed, see above"
fi
exit $bad
