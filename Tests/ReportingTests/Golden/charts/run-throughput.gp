set encoding utf8
set terminal svg size 520,634 dynamic noenhanced name 'throughput' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'throughput.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Throughput over time' at screen 0.0269230769, screen 0.958280757 left font ',17.0'
set label 'The acknowledged rate was 50.0 k records/s.' at screen 0.0269230769, screen 0.925157729 left
set label 'orders · 50.0 k/s' at screen 0.0269230769, screen 0.896766562 left font ',12.0'
set label 'VALID' at screen 0.0269230769, screen 0.873107256 left font ',12.0'
set object rectangle from screen 0.0269230769, screen 0.833675079 to screen 0.0769230769, screen 0.852602524 fc rgb '#888888' fs transparent solid 0.18 noborder
set label 'warm-up' at screen 0.0884615385, screen 0.843138801 left
set object rectangle from screen 0.213384615, screen 0.833675079 to screen 0.263384615, screen 0.852602524 fc rgb '#D55E00' fs transparent solid 0.16 noborder
set label 'stall of the machine, 10 ms or more' at screen 0.274923077, screen 0.843138801 left
set object rectangle from screen 0.791846154, screen 0.833675079 to screen 0.841846154, screen 0.852602524 fc rgb '#56B4E9' fs transparent solid 0.25 noborder
set label 'drain' at screen 0.853384615, screen 0.843138801 left
set label 'Records' at screen 0.0269230769, screen 0.786356467 left
set arrow from screen 0.0269230769, screen 0.7579653 to screen 0.0769230769, screen 0.7579653 nohead lc rgb '#7F7F7F' lw 5 dt 1
set label 'offered' at screen 0.0884615385, screen 0.7579653 left
set arrow from screen 0.213384615, screen 0.7579653 to screen 0.263384615, screen 0.7579653 nohead lc rgb '#0072B2' lw 2.4 dt 1
set label 'acknowledged' at screen 0.274923077, screen 0.7579653 left
set arrow from screen 0.469846154, screen 0.7579653 to screen 0.519846154, screen 0.7579653 nohead lc rgb '#E69F00' lw 1.4 dt 1
set label 'consumed by readers' at screen 0.531384615, screen 0.7579653 left
set lmargin at screen 0.146153846
set rmargin at screen 0.961538462
set tmargin at screen 0.728706625
set bmargin at screen 0.492113565
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
set label 'k records/s' at screen 0.0384615385, screen 0.610410095 center rotate by 90
set label '' at screen 0.553846154, screen 0.425867508 center
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
set label 'Bytes' at screen 0.0269230769, screen 0.414116719 left
set arrow from screen 0.0269230769, screen 0.385725552 to screen 0.0769230769, screen 0.385725552 nohead lc rgb '#0072B2' lw 2 dt 1
set label 'logical (keys, values, headers)' at screen 0.0884615385, screen 0.385725552 left
set arrow from screen 0.0269230769, screen 0.357334385 to screen 0.0769230769, screen 0.357334385 nohead lc rgb '#0072B2' lw 2.01 dt (8,4)
set label 'stored (as appended to the log)' at screen 0.0884615385, screen 0.357334385 left
set lmargin at screen 0.146153846
set rmargin at screen 0.961538462
set tmargin at screen 0.32807571
set bmargin at screen 0.0914826498
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
set ytics 5
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'MB/s' at screen 0.0384615385, screen 0.20977918 center rotate by 90
set label 'elapsed (s)' at screen 0.553846154, screen 0.0252365931 center
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
