# SPDX-License-Identifier: MIT
#
# Counts the results of one test program: awk -v status=N -f tap.awk FILE prints
# "PASSED FAILED SKIPPED REASON". status is the program's exit status, or "died".
# A program that stops before its plan is through, or fails without saying where,
# counts as one failure more.

/^1\.\.[0-9]+/ {
	plan = substr($0, 4) + 0
	planned = 1
	if (plan == 0)
		skipped++
}

/^ok([ \t]|$)/ {
	seen++
	if (toupper($0) ~ /# *(SKIP|XFAIL)/)
		skipped++
	else
		passed++
}

/^not ok [0-9]/ { seen++ }
/^not ok/ { failed++ }

END {
	reason = ""
	if (status == "died")
		reason = "the guest died or was killed"
	else if (status == 124 || status == 137)
		reason = "killed after the time-out"
	else if (status > 128)
		reason = "ended by signal " (status - 128)
	else if (!planned)
		reason = "no plan (exit status " status ")"
	else if (seen != plan)
		reason = seen + 0 " of " plan " results"
	else if (status != 0 && status != 4 && !failed)
		reason = "exit status " status
	if (reason != "")
		failed++
	print passed + 0, failed + 0, skipped + 0, reason
}
