# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034 # the scripts use bad
#
# For the scripts of host/: results as TAP, each with the name of the script.

count=0 bad=0

# result NAME OUTPUT: passed if there is no output.
result()
{
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count $(basename "$0" .sh).$1"
	else
		bad=1
		printf '%s\n' "$2" | sed 's/^/# /' | head -n 40
		echo "not ok $count $(basename "$0" .sh).$1"
	fi
}
