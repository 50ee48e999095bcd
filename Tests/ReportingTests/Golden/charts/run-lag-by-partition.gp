set encoding utf8
set terminal svg size 520,300 dynamic noenhanced name 'lag_by_partition' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'lag-by-partition.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Consumer lag by partition' at screen 0.0269230769, screen 0.911833333 left font ',17.0'
set label 'Furthest behind was orders-1 with 41 records at 4 s; the median partition' at screen 0.0269230769, screen 0.841833333 left
set label 'was at most 40 records behind.' at screen 0.0269230769, screen 0.781833333 left
set label 'orders · 50.0 k/s' at screen 0.0269230769, screen 0.721833333 left font ',12.0'
set label 'VALID' at screen 0.0269230769, screen 0.671833333 left font ',12.0'
set object rectangle from screen 0.0269230769, screen 0.5885 to screen 0.0769230769, screen 0.6285 fc rgb '#888888' fs transparent solid 0.18 noborder
set label 'warm-up' at screen 0.0884615385, screen 0.6085 left
set object rectangle from screen 0.213384615, screen 0.5885 to screen 0.263384615, screen 0.6285 fc rgb '#D55E00' fs transparent solid 0.16 noborder
set label 'stall of the machine, 10 ms or more' at screen 0.274923077, screen 0.6085 left
set object rectangle from screen 0.791846154, screen 0.5885 to screen 0.841846154, screen 0.6285 fc rgb '#56B4E9' fs transparent solid 0.25 noborder
set label 'drain' at screen 0.853384615, screen 0.6085 left
set label 'orders-0' at screen 0.0269230769, screen 0.4885 left
set lmargin at screen 0.130769231
set rmargin at screen 0.461538462
set tmargin at screen 0.426666667
set bmargin at screen 0.193333333
unset logscale x
set xrange [-1:4]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [0:43.46]
set format y '%g'
unset mytics
set ytics 20
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'records' at screen 0.0173076923, screen 0.31 center rotate by 90
set label 'elapsed (s)' at screen 0.296153846, screen 0.0533333333 center
set object rectangle from first -1, graph 0 to first 0, graph 1 fc rgb '#888888' fs transparent solid 0.18 noborder behind
set object rectangle from first 1, graph 0 to first 2, graph 1 fc rgb '#D55E00' fs transparent solid 0.16 noborder behind
set object rectangle from first 3, graph 0 to first 4, graph 1 fc rgb '#56B4E9' fs transparent solid 0.25 noborder behind
$panel0_series0 << END
0 0 NaN NaN NaN NaN
1 10 NaN NaN NaN NaN
2 20 NaN NaN NaN NaN
3 30 NaN NaN NaN NaN
4 40 NaN NaN NaN NaN
END
plot $panel0_series0 using 1:2 with lines lc rgb '#E69F00' lw 1.6 dt 1 notitle
unset label
unset arrow
unset object
set label 'orders-1' at screen 0.526923077, screen 0.4885 left
set lmargin at screen 0.630769231
set rmargin at screen 0.961538462
set tmargin at screen 0.426666667
set bmargin at screen 0.193333333
unset logscale x
set xrange [-1:4]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [0:43.46]
set format y '%g'
unset mytics
set ytics 20
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'elapsed (s)' at screen 0.796153846, screen 0.0533333333 center
set object rectangle from first -1, graph 0 to first 0, graph 1 fc rgb '#888888' fs transparent solid 0.18 noborder behind
set object rectangle from first 1, graph 0 to first 2, graph 1 fc rgb '#D55E00' fs transparent solid 0.16 noborder behind
set object rectangle from first 3, graph 0 to first 4, graph 1 fc rgb '#56B4E9' fs transparent solid 0.25 noborder behind
$panel1_series0 << END
0 1 NaN NaN NaN NaN
1 11 NaN NaN NaN NaN
2 21 NaN NaN NaN NaN
3 31 NaN NaN NaN NaN
4 41 NaN NaN NaN NaN
END
plot $panel1_series0 using 1:2 with lines lc rgb '#E69F00' lw 1.6 dt 1 notitle
unset multiplot
unset output
