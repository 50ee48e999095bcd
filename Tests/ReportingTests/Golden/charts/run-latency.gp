set encoding utf8
set terminal svg size 520,616 dynamic noenhanced name 'latency' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'latency.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Latency over time' at screen 0.0269230769, screen 0.957061688 left font ',17.0'
set label 'p99 of the response latency was 5.20 ms.' at screen 0.0269230769, screen 0.922970779 left
set label 'orders · 50.0 k/s' at screen 0.0269230769, screen 0.89375 left font ',12.0'
set label 'VALID' at screen 0.0269230769, screen 0.869399351 left font ',12.0'
set object rectangle from screen 0.0269230769, screen 0.828814935 to screen 0.0769230769, screen 0.848295455 fc rgb '#888888' fs transparent solid 0.18 noborder
set label 'warm-up' at screen 0.0884615385, screen 0.838555195 left
set object rectangle from screen 0.213384615, screen 0.828814935 to screen 0.263384615, screen 0.848295455 fc rgb '#D55E00' fs transparent solid 0.16 noborder
set label 'stall of the machine, 10 ms or more' at screen 0.274923077, screen 0.838555195 left
set object rectangle from screen 0.791846154, screen 0.828814935 to screen 0.841846154, screen 0.848295455 fc rgb '#56B4E9' fs transparent solid 0.25 noborder
set label 'drain' at screen 0.853384615, screen 0.838555195 left
set label 'Response latency' at screen 0.0269230769, screen 0.780113636 left
set arrow from screen 0.0269230769, screen 0.750892857 to screen 0.0769230769, screen 0.750892857 nohead lc rgb '#0072B2' lw 2.2 dt 1
set label 'p50' at screen 0.0884615385, screen 0.750892857 left
set arrow from screen 0.157384615, screen 0.750892857 to screen 0.207384615, screen 0.750892857 nohead lc rgb '#0072B2' lw 1.61 dt (8,4)
set label 'p99' at screen 0.218923077, screen 0.750892857 left
set arrow from screen 0.287846154, screen 0.750892857 to screen 0.337846154, screen 0.750892857 nohead lc rgb '#0072B2' lw 1.62 dt (2,3)
set label 'max' at screen 0.349384615, screen 0.750892857 left
set lmargin at screen 0.146153846
set rmargin at screen 0.961538462
set tmargin at screen 0.720779221
set bmargin at screen 0.477272727
unset logscale x
set xrange [-1:4]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
set logscale y
set yrange [2000:10000]
set format y '%g'
unset mytics
set ytics ('2 ms' 2000, '5 ms' 5000, '10 ms' 10000, '' 3000 1, '' 4000 1, '' 6000 1, '' 7000 1, '' 8000 1, '' 9000 1)
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label '' at screen 0.553846154, screen 0.409090909 center
set object rectangle from first -1, graph 0 to first 0, graph 1 fc rgb '#888888' fs transparent solid 0.18 noborder behind
set object rectangle from first 1, graph 0 to first 2, graph 1 fc rgb '#D55E00' fs transparent solid 0.16 noborder behind
set object rectangle from first 3, graph 0 to first 4, graph 1 fc rgb '#56B4E9' fs transparent solid 0.25 noborder behind
$panel0_series0 << END
-0.5 2800 NaN NaN NaN NaN
0.5 2800 NaN NaN NaN NaN
1.5 2800 NaN NaN NaN NaN
2.5 2800 NaN NaN NaN NaN
3.5 2800 NaN NaN NaN NaN
END
$panel0_series1 << END
-0.5 5200 NaN NaN NaN NaN
0.5 5200 NaN NaN NaN NaN
1.5 5200 NaN NaN NaN NaN
2.5 5200 NaN NaN NaN NaN
3.5 5200 NaN NaN NaN NaN
END
$panel0_series2 << END
-0.5 8000 NaN NaN NaN NaN
0.5 8100 NaN NaN NaN NaN
1.5 8200 NaN NaN NaN NaN
2.5 8300 NaN NaN NaN NaN
3.5 8400 NaN NaN NaN NaN
END
plot $panel0_series0 using 1:2 with lines lc rgb '#0072B2' lw 2.2 dt 1 notitle, \
    $panel0_series1 using 1:2 with lines lc rgb '#0072B2' lw 1.6 dt (8,4) notitle, \
    $panel0_series2 using 1:2 with lines lc rgb '#0072B2' lw 1.6 dt (2,3) notitle
unset label
unset arrow
unset object
set label 'End-to-end latency of readers' at screen 0.0269230769, screen 0.396996753 left
set arrow from screen 0.0269230769, screen 0.367775974 to screen 0.0769230769, screen 0.367775974 nohead lc rgb '#E69F00' lw 2.2 dt 1
set label 'p50' at screen 0.0884615385, screen 0.367775974 left
set arrow from screen 0.157384615, screen 0.367775974 to screen 0.207384615, screen 0.367775974 nohead lc rgb '#E69F00' lw 1.61 dt (8,4)
set label 'p99' at screen 0.218923077, screen 0.367775974 left
set arrow from screen 0.287846154, screen 0.367775974 to screen 0.337846154, screen 0.367775974 nohead lc rgb '#E69F00' lw 1.62 dt (2,3)
set label 'max' at screen 0.349384615, screen 0.367775974 left
set lmargin at screen 0.146153846
set rmargin at screen 0.961538462
set tmargin at screen 0.337662338
set bmargin at screen 0.0941558442
unset logscale x
set xrange [-1:4]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
set logscale y
set yrange [2000:10000]
set format y '%g'
unset mytics
set ytics ('2 ms' 2000, '5 ms' 5000, '10 ms' 10000, '' 3000 1, '' 4000 1, '' 6000 1, '' 7000 1, '' 8000 1, '' 9000 1)
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'elapsed (s)' at screen 0.553846154, screen 0.025974026 center
set object rectangle from first -1, graph 0 to first 0, graph 1 fc rgb '#888888' fs transparent solid 0.18 noborder behind
set object rectangle from first 1, graph 0 to first 2, graph 1 fc rgb '#D55E00' fs transparent solid 0.16 noborder behind
set object rectangle from first 3, graph 0 to first 4, graph 1 fc rgb '#56B4E9' fs transparent solid 0.25 noborder behind
$panel1_series0 << END
-0.5 2900 NaN NaN NaN NaN
0.5 2900 NaN NaN NaN NaN
1.5 2900 NaN NaN NaN NaN
2.5 2900 NaN NaN NaN NaN
3.5 2900 NaN NaN NaN NaN
END
$panel1_series1 << END
-0.5 5300 NaN NaN NaN NaN
0.5 5300 NaN NaN NaN NaN
1.5 5300 NaN NaN NaN NaN
2.5 5300 NaN NaN NaN NaN
3.5 5300 NaN NaN NaN NaN
END
$panel1_series2 << END
-0.5 9000 NaN NaN NaN NaN
0.5 9100 NaN NaN NaN NaN
1.5 9200 NaN NaN NaN NaN
2.5 9300 NaN NaN NaN NaN
3.5 9400 NaN NaN NaN NaN
END
plot $panel1_series0 using 1:2 with lines lc rgb '#E69F00' lw 2.2 dt 1 notitle, \
    $panel1_series1 using 1:2 with lines lc rgb '#E69F00' lw 1.6 dt (8,4) notitle, \
    $panel1_series2 using 1:2 with lines lc rgb '#E69F00' lw 1.6 dt (2,3) notitle
unset multiplot
unset output
