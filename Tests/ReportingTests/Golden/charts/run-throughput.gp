set encoding utf8
set terminal svg size 760,662 dynamic noenhanced name 'throughput' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'throughput.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Throughput over time' at screen 0.0184210526, screen 0.960045317 left font ',17.0'
set label 'orders · VALID' at screen 0.0184210526, screen 0.928323263 left
set object rectangle from screen 0.0184210526, screen 0.892069486 to screen 0.0526315789, screen 0.910196375 fc rgb '#888888' fs transparent solid 0.18 noborder
set label 'warm-up' at screen 0.0605263158, screen 0.901132931 left
set object rectangle from screen 0.146, screen 0.892069486 to screen 0.180210526, screen 0.910196375 fc rgb '#D55E00' fs transparent solid 0.16 noborder
set label 'the machine stalled for 10 ms or more' at screen 0.188105263, screen 0.901132931 left
set object rectangle from screen 0.560947368, screen 0.892069486 to screen 0.595157895, screen 0.910196375 fc rgb '#56B4E9' fs transparent solid 0.25 noborder
set label 'drain' at screen 0.603052632, screen 0.901132931 left
set label 'Records' at screen 0.0184210526, screen 0.846752266 left
set arrow from screen 0.0184210526, screen 0.819561934 to screen 0.0526315789, screen 0.819561934 nohead lc rgb '#7F7F7F' lw 5 dt 1
set label 'offered' at screen 0.0605263158, screen 0.819561934 left
set arrow from screen 0.146, screen 0.819561934 to screen 0.180210526, screen 0.819561934 nohead lc rgb '#0072B2' lw 2.4 dt 1
set label 'acknowledged' at screen 0.188105263, screen 0.819561934 left
set arrow from screen 0.321473684, screen 0.819561934 to screen 0.355684211, screen 0.819561934 nohead lc rgb '#E69F00' lw 1.4 dt 1
set label 'consumed by readers' at screen 0.363578947, screen 0.819561934 left
set lmargin at screen 0.1
set rmargin at screen 0.973684211
set tmargin at screen 0.791540785
set bmargin at screen 0.504531722
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
set ytics autofreq
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'k records/s' at screen 0.0263157895, screen 0.648036254 center rotate by 90
set label '' at screen 0.536842105, screen 0.441087613 center
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
plot $panel0_series0 using 1:2 with lines lc rgb '#7F7F7F' lw 5 dt 1 notitle, \
    $panel0_series1 using 1:2 with lines lc rgb '#0072B2' lw 2.4 dt 1 notitle, \
    $panel0_series2 using 1:2 with lines lc rgb '#E69F00' lw 1.4 dt 1 notitle
unset label
unset arrow
unset object
set label 'Bytes' at screen 0.0184210526, screen 0.429833837 left
set arrow from screen 0.0184210526, screen 0.402643505 to screen 0.0526315789, screen 0.402643505 nohead lc rgb '#0072B2' lw 2 dt 1
set label 'logical (keys, values, headers)' at screen 0.0605263158, screen 0.402643505 left
set arrow from screen 0.375894737, screen 0.402643505 to screen 0.410105263, screen 0.402643505 nohead lc rgb '#0072B2' lw 2 dt (8,4)
set label 'stored (as appended to the log)' at screen 0.418, screen 0.402643505 left
set lmargin at screen 0.1
set rmargin at screen 0.973684211
set tmargin at screen 0.374622356
set bmargin at screen 0.0876132931
unset logscale x
set xrange [-1:4]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [0:28.938]
set format y '%g'
unset mytics
set ytics autofreq
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'MB/s' at screen 0.0263157895, screen 0.231117825 center rotate by 90
set label 'elapsed (s)' at screen 0.536842105, screen 0.0241691843 center
set object rectangle from first -1, graph 0 to first 0, graph 1 fc rgb '#888888' fs transparent solid 0.18 noborder behind
set object rectangle from first 1, graph 0 to first 2, graph 1 fc rgb '#D55E00' fs transparent solid 0.16 noborder behind
set object rectangle from first 3, graph 0 to first 4, graph 1 fc rgb '#56B4E9' fs transparent solid 0.25 noborder behind
$panel1_series0 << END
-0.5 27.3 NaN NaN NaN NaN
0.5 27.3 NaN NaN NaN NaN
1.5 27.3 NaN NaN NaN NaN
2.5 27.3 NaN NaN NaN NaN
3.5 27.3 NaN NaN NaN NaN
END
$panel1_series1 << END
-0.5 8.5 NaN NaN NaN NaN
0.5 8.5 NaN NaN NaN NaN
1.5 8.5 NaN NaN NaN NaN
2.5 8.5 NaN NaN NaN NaN
3.5 8.5 NaN NaN NaN NaN
END
plot $panel1_series0 using 1:2 with lines lc rgb '#0072B2' lw 2 dt 1 notitle, \
    $panel1_series1 using 1:2 with lines lc rgb '#0072B2' lw 2 dt (8,4) notitle
unset multiplot
unset output
