# SPDX-License-Identifier: BSD-2-Clause
#
# The plot of growth.py: a panel for each axis, both scales logarithmic, with a line that shows how
# steep linear is. gnuplot -e "output='FILE'" growth.gp, in the folder of the data: n, microseconds
# of calmend-milter, microseconds of the bare milter.

set encoding utf8
set micro
set terminal svg size 900,660 font "sans-serif,13" background rgb "white"
set output output
set multiplot layout 2,2 title "Processor time per repaired message" font ",15" \
    margins 0.075,0.975,0.075,0.89 spacing 0.085,0.15
set logscale xy
set format y "%.0s %cs"
set format x "%.0s%c"
set ytics 10
set mytics 1
set mxtics 1
set grid xtics ytics lc rgb "#e2e2e2" lt 1 lw 1
set border 3 lc rgb "#666666"
set tics nomirror scale 0.5 textcolor rgb "#333333"
set key top left reverse Left samplen 2 spacing 1.15 font ",12" textcolor rgb "#333333" opaque
set style line 1 lc rgb "#1f5fa8" lw 2 pt 7 ps 0.6
set style line 2 lc rgb "#d08020" lw 1.5 pt 7 ps 0.45
set style line 3 lc rgb "#999999" lw 1.5 dt 3

last(axis) = system("tail -n 1 " . axis . ".dat")
title_of(axis) = axis eq "size" ? "size, octets" : axis

# Through the last point, as steep as linear is; where n messages are sent at once, flat.
do for [axis in "size parts components connections"] {
    n = real(word(last(axis), 1))
    cost = real(word(last(axis), 2)) / 1e6
    flat = axis eq "connections"
    set xlabel title_of(axis) offset 0,0.5
    set yrange [1e-5 : (flat ? 1 : 100)]
    plot (flat ? cost : cost * x / n) with lines ls 3 title (flat ? "constant" : "linear"), \
         axis . ".dat" using 1:($3 / 1e6) with linespoints ls 2 \
             title "a milter that does nothing", \
         axis . ".dat" using 1:($2 / 1e6) with linespoints ls 1 title "calmend-milter"
}
unset multiplot
