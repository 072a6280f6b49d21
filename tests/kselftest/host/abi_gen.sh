#!/bin/sh
# SPDX-License-Identifier: MIT
#
# abi_gen.sh needed|types|functions c|c++ TABLE SYMBOLS INCLUDE_DIR
# Writes to stdout:
#   needed     the rows of TABLE that count for these headers and symbols
#   types      a program whose compilation (in C: and run) checks sizes, offsets and values
#   functions  a program whose compilation checks the prototypes of the symbols

if [ $# -ne 5 ]; then
	sed -n '4,8s/^# //p' "$0" >&2
	exit 2
fi

# The names of the layer below acl have a table of their own.
more=
[ "$1" = needed ] || more=$(dirname "$0")/rt.tsv

# shellcheck disable=SC2016 # the dollars are awk's
exec awk -F '\t' -v mode="$1" -v lang="$2" -v symbols="$4" -v include="$5" '
function exists(path,   line, r)
{
	r = getline line < path
	close(path)
	return r >= 0
}

function covered(header)
{
	if (!(header in have))
		have[header] = header ~ /^acl\/(acl_base_rt|acl_rt)\.h$/ ||
			header ~ /^acl\/error_codes\// || exists(include "/" header)
	return have[header]
}

# A macro that calls a function is no use before that function is there.
function wanted()
{
	if (!covered($3))
		return 0
	if ($1 == "function")
		return $4 in listed
	return !($1 == "macro" && $4 == "ACL_APP_LOG" && !("aclAppLog" in listed))
}

function check(condition, what)
{
	if (lang == "c")
		printf "_Static_assert(%s, \"%s\");\n", condition, what
	else
		printf "static_assert(%s, \"%s\");\n", condition, what
}

function same(type_of, c_type, cxx_type, what)
{
	if (lang == "c")
		check("_Generic(" type_of ", " c_type ": 1, default: 0)", what " has another type")
	else
		check("std::is_same<" cxx_type ">::value", what " has another type")
}

function row_enum(   sign)
{
	check("sizeof(enum " $4 ") == " $8, "size of enum " $4)
	sign = $10 == "signed" ? "" : "!"
	if (lang == "c")
		check(sign "((enum " $4 ")-1 < 0)", "sign of enum " $4)
	else
		check(sign "std::is_signed<std::underlying_type<enum " $4 ">::type>::value",
		      "sign of enum " $4)
}

function row_enumerator()
{
	check($5 " == " $7, $5 " is not " $7)
	if (lang == "c++")
		check("std::is_same<decltype(" $5 "), enum " $4 ">::value",
		      $5 " is not of enum " $4)
}

function row_constant()
{
	same("&" $4, $6 " *", "decltype(" $4 "), " $6, $4)
	if (lang == "c++")
		check($4 " == " $7, $4 " is not " $7)
	else
		runtime[++runs] = $4 "\t" $7
}

function row_macro()
{
	printf "#ifndef %s\n#error %s is missing\n#endif\n", $4, $4
	if ($7 == "")
		return
	check($4 " == " $7, $4 " is not " $7)
	same($4, "__typeof__(" $6 ")", "decltype(" $4 "), decltype(" $6 ")", $4)
}

function row_record()
{
	record[$4] = $1
	check("sizeof(" $1 " " $4 ") == " $8, "size of " $4)
	check((lang == "c" ? "_Alignof(" : "alignof(") $1 " " $4 ") == " $9, "alignment of " $4)
}

function row_member(   whole, what)
{
	if ($5 == "")
		return
	whole = record[$4] " " $4
	what = $4 "." $5
	check("offsetof(" whole ", " $5 ") == " $7, "offset of " what)
	check("sizeof(((" whole " *)0)->" $5 ") == " $8, "size of " what)
	if ($6 !~ /anonymous/)
		same("&((" whole " *)0)->" $5, "__typeof__(" $6 ") *",
		     "decltype(" $4 "::" $5 "), " $6, what)
}

function row_typedef()
{
	if ($8 != "")
		check("sizeof(" $4 ") == " $8, "size of " $4)
	same("(" $4 " *)0", "__typeof__(" $6 ") *", $4 ", " $6, $4)
}

function row_function(   type)
{
	seen[$4] = 1
	type = $6
	# The table has no way to say that more arguments follow.
	if ($4 == "aclAppLog")
		sub(/\)$/, ", ...)", type)
	sub(/ *\(/, " (*expected_" $4 ")(", type)
	printf "extern %s;\n%s = %s;\n", type, type, $4
}

function start()
{
	print "/* Made by abi_gen.sh. */"
	if (lang == "c++")
		print "#include <type_traits>"
	print "#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>"
	print "#include \"acl/acl.h\""
	if (covered("runtime/rt.h"))
		print "#include \"runtime/rt.h\"\n#include \"acl/acl_prof.h\""
	if (mode == "functions" && exists(include "/tikicpulib.h"))
		print "#include \"tikicpulib.h\""
	if (mode == "functions" && exists(include "/acl_emu/extensions.h"))
		print "#include \"acl_emu/extensions.h\""
	for (header in have)
		if (header ~ /acl_rt_/ && have[header])
			printf "#include \"%s\"\n", header
}

BEGIN {
	while ((getline symbol < symbols) > 0)
		listed[symbol] = 1
	covered("acl/acl_rt_allocator.h")
	covered("acl/acl_rt_memory_soma.h")
	if (mode != "needed")
		start()
}

/^#/ || $1 == "kind" || $1 == "param" || !wanted() { next }

{ rows++ }
mode == "needed" { print; next }
$1 == "function" { if (mode == "functions") row_function(); next }
mode == "functions" { next }
$1 == "enum" { row_enum(); next }
$1 == "enumerator" { row_enumerator(); next }
$1 == "constant" { row_constant(); next }
$1 == "macro" { row_macro(); next }
$1 == "struct" || $1 == "union" { row_record(); next }
$1 == "member" { row_member(); next }
$1 == "typedef" { row_typedef(); next }
$1 == "opaque_struct" { printf "extern struct %s *opaque_%s;\n", $4, $4; next }
{ printf "#error the table has a row of unknown kind %s\n", $1 }

# Symbols outside the table need a declaration at least; mangled names have none in C.
END {
	if (mode == "needed")
		exit
	if (rows == 0)
		print "#error the table has no row for these headers"
	if (mode == "functions") {
		for (symbol in listed)
			if (!(symbol in seen) && symbol !~ /^_Z/)
				printf "extern __typeof__(&%s) declared_%s;\n", symbol, symbol
		for (symbol in listed)
			if (!(symbol in seen) && symbol ~ /^(acl|rt)/ && symbol !~ /^acl_emu_/)
				printf "#error %s is exported but has no row in the table\n", symbol
		exit
	}
	print "int main(void)\n{\n\tint bad = 0;\n"
	for (i = 1; i <= runs; i++) {
		split(runtime[i], part, "\t")
		printf "\tif (%s != %s)\n\t\tbad += printf(\"%s is not %s\\n\");\n",
			part[1], part[2], part[1], part[2]
	}
	print "\treturn bad != 0;\n}"
}
' "$3" ${more:+"$more"}
