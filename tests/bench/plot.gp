# SPDX-License-Identifier: MIT
#
# gnuplot -e "data='FILE.dat'; out='FILE.svg'; note='...'; rows=N" plot.gp
# data: ratio TAB label, a row a line.

set terminal svg noenhanced size 1100, 120 + 18 * rows font 'sans,11' background 'white'
set output out
set datafile separator "\t"
set title note
set logscale x 10
set xlabel 'ours / peer (left of 1: acl-emu is cheaper)'
set yrange [rows - 0.5 : -0.5]
set ytics scale 0
set grid x
set key off
set lmargin 62
set arrow from 1, graph 0 to 1, graph 1 nohead lw 2 lc rgb 'gray'
set boxwidth 0.7
plot data using 1:0:(1):1:($0 - 0.35):($0 + 0.35):ytic(2) with boxxyerror \
	fill solid 0.6 lc rgb '#3b6ea5'
