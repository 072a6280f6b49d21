// SPDX-License-Identifier: MIT
/* report [--json] [--suppressions FILE] REPORT: prints a report with symbols. */
#include <stdio.h>
#include <string.h>

#include "report.h"

int main(int argc, char **argv)
{
	struct report_options options = { 0 };
	struct report_result result = { 0 };
	FILE *in = fopen(argv[argc - 1], "r");
	int i;

	for (i = 1; i < argc - 1; i++) {
		if (!strcmp(argv[i], "--json"))
			options.json = true;
		else if (!strcmp(argv[i], "--suppressions"))
			options.suppressions = argv[++i];
	}
	if (!in || !report_print(in, stdout, &options, &result)) {
		fprintf(stderr, "%s\n", result.error);
		return 1;
	}
	printf("reports %llu, suppressed %llu\n", result.reports, result.suppressed);
	return 0;
}
