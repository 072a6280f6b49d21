#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Each reason of the uAPI has a sentence with subject, values, rule and remedy.

set -u

cd "$(dirname "$0")/../../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "TAP version 13"
echo "1..1"

# What the header says about each reason: the last words in parentheses with a comma.
awk '
	/@ACL_EMU_REASON_/ { text = "" }
	{ gsub(/^[ \t]*\*?/, ""); text = text " " $0 }
	/^ACL_EMU_REASON_[A-Z_0-9]+ = [0-9]+,/ {
		if ($1 != "ACL_EMU_REASON_NONE" && match(text, /\([^()]*, [^()]*\)/)) {
			values = substr(text, RSTART + 1, RLENGTH - 2)
			comma = index(values, ", ")
			print $3 + 0, $1 "|" substr(values, 1, comma - 1) "|" substr(values, comma + 2)
		}
	}' uapi/acl_emu.h >"$work/reasons"

if ${CC:-gcc} -std=gnu11 -O2 -Wall -Wextra -Iuapi -Ilibacl-emu/include -Ilibacl-emu/src \
	-o "$work/sentence" tests/kselftest/host/sentence/sentence.c \
	libacl-emu/src/core/*.c -pthread 2>&1 &&
	"$work/sentence" <"$work/reasons" >"$work/out"; then
	echo "ok 1 sentences"
else
	sed 's/^/# /' "$work/out"
	echo "not ok 1 sentences"
	exit 1
fi
