set encoding utf8
set terminal svg size 520,551 dynamic noenhanced name 'throughput' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'throughput.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Throughput over time' at screen 0.0269230769, screen 0.95199637 left font ',17.0'
set label 'The acknowledged rate, in the median interval, was from 48.0 k records/s' at screen 0.0269230769, screen 0.913883848 left
set label '(zstd:2) to 50.0 k records/s (zstd:0).' at screen 0.0269230769, screen 0.881215971 left
set label 'orders · 50.0 k/s · 6 runs of 3 variants' at screen 0.0269230769, screen 0.848548094 left font ',12.0'
set label 'all 6 VALID' at screen 0.0269230769, screen 0.821324864 left font ',12.0'
set arrow from screen 0.0269230769, screen 0.786842105 to screen 0.0769230769, screen 0.786842105 nohead lc rgb '#7F7F7F' lw 1 dt 1
set label 'offered' at screen 0.0884615385, screen 0.786842105 left
set arrow from screen 0.213384615, screen 0.786842105 to screen 0.263384615, screen 0.786842105 nohead lc rgb '#0072B2' lw 1 dt 1
set label 'acknowledged' at screen 0.274923077, screen 0.786842105 left
set arrow from screen 0.469846154, screen 0.786842105 to screen 0.519846154, screen 0.786842105 nohead lc rgb '#E69F00' lw 1 dt 1
set label 'consumed by readers' at screen 0.531384615, screen 0.786842105 left
set object rectangle from screen 0.0269230769, screen 0.743284936 to screen 0.0769230769, screen 0.765063521 fc rgb '#888888' fs transparent solid 0.18 noborder
set label 'warm-up' at screen 0.0884615385, screen 0.754174229 left
set object rectangle from screen 0.213384615, screen 0.743284936 to screen 0.263384615, screen 0.765063521 fc rgb '#D55E00' fs transparent solid 0.16 noborder
set label 'stall of the machine, 10 ms or more' at screen 0.274923077, screen 0.754174229 left
set object rectangle from screen 0.791846154, screen 0.743284936 to screen 0.841846154, screen 0.765063521 fc rgb '#56B4E9' fs transparent solid 0.25 noborder
set label 'drain' at screen 0.853384615, screen 0.754174229 left
set label 'zstd:0' at screen 0.0269230769, screen 0.688838475 left
set lmargin at screen 0.130769231
set rmargin at screen 0.461538462
set tmargin at screen 0.655172414
set bmargin at screen 0.45553539
unset logscale x
set xrange [-1:4]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [0:53]
set format y '%g'
unset mytics
set ytics 10
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'k records/s' at screen 0.0173076923, screen 0.555353902 center rotate by 90
set label '' at screen 0.296153846, screen 0.379310345 center
set object rectangle from first -1, graph 0 to first 0, graph 1 fc rgb '#888888' fs transparent solid 0.18 noborder behind
set object rectangle from first 1, graph 0 to first 2, graph 1 fc rgb '#D55E00' fs transparent solid 0.16 noborder behind
set object rectangle from first 3, graph 0 to first 4, graph 1 fc rgb '#56B4E9' fs transparent solid 0.25 noborder behind
$panel0_series0 << END
-0.5 50 NaN NaN NaN NaN
0.5 50 NaN NaN NaN NaN
1.5 50 NaN NaN NaN NaN
2.5 50 NaN NaN NaN NaN
3.5 50 NaN NaN NaN NaN
END
$panel0_series1 << END
-0.5 50 NaN NaN NaN NaN
0.5 50 NaN NaN NaN NaN
1.5 50 NaN NaN NaN NaN
2.5 50 NaN NaN NaN NaN
3.5 25 NaN NaN NaN NaN
END
$panel0_series2 << END
-0.5 50 NaN NaN NaN NaN
0.5 50 NaN NaN NaN NaN
1.5 50 NaN NaN NaN NaN
2.5 50 NaN NaN NaN NaN
3.5 50 NaN NaN NaN NaN
END
$panel0_series3 << END
-0.5 50 NaN NaN NaN NaN
0.5 50 NaN NaN NaN NaN
1.5 50 NaN NaN NaN NaN
2.5 50 NaN NaN NaN NaN
3.5 50 NaN NaN NaN NaN
END
$panel0_series4 << END
-0.5 50 NaN NaN NaN NaN
0.5 50 NaN NaN NaN NaN
1.5 50 NaN NaN NaN NaN
2.5 50 NaN NaN NaN NaN
3.5 25 NaN NaN NaN NaN
END
$panel0_series5 << END
-0.5 50 NaN NaN NaN NaN
0.5 50 NaN NaN NaN NaN
1.5 50 NaN NaN NaN NaN
2.5 50 NaN NaN NaN NaN
3.5 50 NaN NaN NaN NaN
END
plot $panel0_series0 using 1:2 with lines lc rgb '#7F7F7F' lw 1 dt 1 notitle, \
    $panel0_series1 using 1:2 with lines lc rgb '#0072B2' lw 1 dt 1 notitle, \
    $panel0_series2 using 1:2 with lines lc rgb '#E69F00' lw 1 dt 1 notitle, \
    $panel0_series3 using 1:2 with lines lc rgb '#7F7F7F' lw 1 dt 1 notitle, \
    $panel0_series4 using 1:2 with lines lc rgb '#0072B2' lw 1 dt 1 notitle, \
    $panel0_series5 using 1:2 with lines lc rgb '#E69F00' lw 1 dt 1 notitle
unset label
unset arrow
unset object
set label 'zstd:1' at screen 0.526923077, screen 0.688838475 left
set lmargin at screen 0.630769231
set rmargin at screen 0.961538462
set tmargin at screen 0.655172414
set bmargin at screen 0.45553539
unset logscale x
set xrange [-1:4]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [0:53]
set format y '%g'
unset mytics
set ytics 10
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'elapsed (s)' at screen 0.796153846, screen 0.379310345 center
set object rectangle from first -1, graph 0 to first 0, graph 1 fc rgb '#888888' fs transparent solid 0.18 noborder behind
set object rectangle from first 1, graph 0 to first 2, graph 1 fc rgb '#D55E00' fs transparent solid 0.16 noborder behind
set object rectangle from first 3, graph 0 to first 4, graph 1 fc rgb '#56B4E9' fs transparent solid 0.25 noborder behind
$panel1_series0 << END
-0.5 49 NaN NaN NaN NaN
0.5 49 NaN NaN NaN NaN
1.5 49 NaN NaN NaN NaN
2.5 49 NaN NaN NaN NaN
3.5 49 NaN NaN NaN NaN
END
$panel1_series1 << END
-0.5 49 NaN NaN NaN NaN
0.5 49 NaN NaN NaN NaN
1.5 49 NaN NaN NaN NaN
2.5 49 NaN NaN NaN NaN
3.5 24.5 NaN NaN NaN NaN
END
$panel1_series2 << END
-0.5 49 NaN NaN NaN NaN
0.5 49 NaN NaN NaN NaN
1.5 49 NaN NaN NaN NaN
2.5 49 NaN NaN NaN NaN
3.5 49 NaN NaN NaN NaN
END
$panel1_series3 << END
-0.5 49 NaN NaN NaN NaN
0.5 49 NaN NaN NaN NaN
1.5 49 NaN NaN NaN NaN
2.5 49 NaN NaN NaN NaN
3.5 49 NaN NaN NaN NaN
END
$panel1_series4 << END
-0.5 49 NaN NaN NaN NaN
0.5 49 NaN NaN NaN NaN
1.5 49 NaN NaN NaN NaN
2.5 49 NaN NaN NaN NaN
3.5 24.5 NaN NaN NaN NaN
END
$panel1_series5 << END
-0.5 49 NaN NaN NaN NaN
0.5 49 NaN NaN NaN NaN
1.5 49 NaN NaN NaN NaN
2.5 49 NaN NaN NaN NaN
3.5 49 NaN NaN NaN NaN
END
plot $panel1_series0 using 1:2 with lines lc rgb '#7F7F7F' lw 1 dt 1 notitle, \
    $panel1_series1 using 1:2 with lines lc rgb '#0072B2' lw 1 dt 1 notitle, \
    $panel1_series2 using 1:2 with lines lc rgb '#E69F00' lw 1 dt 1 notitle, \
    $panel1_series3 using 1:2 with lines lc rgb '#7F7F7F' lw 1 dt 1 notitle, \
    $panel1_series4 using 1:2 with lines lc rgb '#0072B2' lw 1 dt 1 notitle, \
    $panel1_series5 using 1:2 with lines lc rgb '#E69F00' lw 1 dt 1 notitle
unset label
unset arrow
unset object
set label 'zstd:2' at screen 0.0269230769, screen 0.338566243 left
set lmargin at screen 0.130769231
set rmargin at screen 0.461538462
set tmargin at screen 0.304900181
set bmargin at screen 0.105263158
unset logscale x
set xrange [-1:4]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [0:53]
set format y '%g'
unset mytics
set ytics 10
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'k records/s' at screen 0.0173076923, screen 0.20508167 center rotate by 90
set label 'elapsed (s)' at screen 0.296153846, screen 0.0290381125 center
set object rectangle from first -1, graph 0 to first 0, graph 1 fc rgb '#888888' fs transparent solid 0.18 noborder behind
set object rectangle from first 1, graph 0 to first 2, graph 1 fc rgb '#D55E00' fs transparent solid 0.16 noborder behind
set object rectangle from first 3, graph 0 to first 4, graph 1 fc rgb '#56B4E9' fs transparent solid 0.25 noborder behind
$panel2_series0 << END
-0.5 48 NaN NaN NaN NaN
0.5 48 NaN NaN NaN NaN
1.5 48 NaN NaN NaN NaN
2.5 48 NaN NaN NaN NaN
3.5 48 NaN NaN NaN NaN
END
$panel2_series1 << END
-0.5 48 NaN NaN NaN NaN
0.5 48 NaN NaN NaN NaN
1.5 48 NaN NaN NaN NaN
2.5 48 NaN NaN NaN NaN
3.5 24 NaN NaN NaN NaN
END
$panel2_series2 << END
-0.5 48 NaN NaN NaN NaN
0.5 48 NaN NaN NaN NaN
1.5 48 NaN NaN NaN NaN
2.5 48 NaN NaN NaN NaN
3.5 48 NaN NaN NaN NaN
END
$panel2_series3 << END
-0.5 48 NaN NaN NaN NaN
0.5 48 NaN NaN NaN NaN
1.5 48 NaN NaN NaN NaN
2.5 48 NaN NaN NaN NaN
3.5 48 NaN NaN NaN NaN
END
$panel2_series4 << END
-0.5 48 NaN NaN NaN NaN
0.5 48 NaN NaN NaN NaN
1.5 48 NaN NaN NaN NaN
2.5 48 NaN NaN NaN NaN
3.5 24 NaN NaN NaN NaN
END
$panel2_series5 << END
-0.5 48 NaN NaN NaN NaN
0.5 48 NaN NaN NaN NaN
1.5 48 NaN NaN NaN NaN
2.5 48 NaN NaN NaN NaN
3.5 48 NaN NaN NaN NaN
END
plot $panel2_series0 using 1:2 with lines lc rgb '#7F7F7F' lw 1 dt 1 notitle, \
    $panel2_series1 using 1:2 with lines lc rgb '#0072B2' lw 1 dt 1 notitle, \
    $panel2_series2 using 1:2 with lines lc rgb '#E69F00' lw 1 dt 1 notitle, \
    $panel2_series3 using 1:2 with lines lc rgb '#7F7F7F' lw 1 dt 1 notitle, \
    $panel2_series4 using 1:2 with lines lc rgb '#0072B2' lw 1 dt 1 notitle, \
    $panel2_series5 using 1:2 with lines lc rgb '#E69F00' lw 1 dt 1 notitle
unset multiplot
unset output
