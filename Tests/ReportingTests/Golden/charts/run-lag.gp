set encoding utf8
set terminal svg size 760,626 dynamic noenhanced name 'lag' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'lag.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Consumer lag over time' at screen 0.0184210526, screen 0.957747604 left font ',17.0'
set label 'orders · VALID' at screen 0.0184210526, screen 0.924201278 left
set object rectangle from screen 0.0184210526, screen 0.88586262 to screen 0.0526315789, screen 0.905031949 fc rgb '#888888' fs transparent solid 0.18 noborder
set label 'warm-up' at screen 0.0605263158, screen 0.895447284 left
set object rectangle from screen 0.146, screen 0.88586262 to screen 0.180210526, screen 0.905031949 fc rgb '#D55E00' fs transparent solid 0.16 noborder
set label 'the machine stalled for 10 ms or more' at screen 0.188105263, screen 0.895447284 left
set object rectangle from screen 0.560947368, screen 0.88586262 to screen 0.595157895, screen 0.905031949 fc rgb '#56B4E9' fs transparent solid 0.25 noborder
set label 'drain' at screen 0.603052632, screen 0.895447284 left
set label 'Consumer lag in records' at screen 0.0184210526, screen 0.837939297 left
set lmargin at screen 0.1
set rmargin at screen 0.973684211
set tmargin at screen 0.808306709
set bmargin at screen 0.504792332
unset logscale x
set xrange [-1:4]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [0:85.86]
set format y '%g'
unset mytics
set ytics autofreq
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'records' at screen 0.0263157895, screen 0.656549521 center rotate by 90
set label '' at screen 0.536842105, screen 0.437699681 center
set object rectangle from first -1, graph 0 to first 0, graph 1 fc rgb '#888888' fs transparent solid 0.18 noborder behind
set object rectangle from first 1, graph 0 to first 2, graph 1 fc rgb '#D55E00' fs transparent solid 0.16 noborder behind
set object rectangle from first 3, graph 0 to first 4, graph 1 fc rgb '#56B4E9' fs transparent solid 0.25 noborder behind
$panel0_series0 << END
0 1 NaN NaN NaN NaN
1 21 NaN NaN NaN NaN
2 41 NaN NaN NaN NaN
3 61 NaN NaN NaN NaN
4 81 NaN NaN NaN NaN
END
plot $panel0_series0 using 1:2 with lines lc rgb '#E69F00' lw 1.4 dt 1 notitle
unset label
unset arrow
unset object
set label 'Age of the oldest record not consumed' at screen 0.0184210526, screen 0.425798722 left
set lmargin at screen 0.1
set rmargin at screen 0.973684211
set tmargin at screen 0.396166134
set bmargin at screen 0.0926517572
unset logscale x
set xrange [-1:4]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [0:4.77]
set format y '%g'
unset mytics
set ytics autofreq
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'ms' at screen 0.0263157895, screen 0.244408946 center rotate by 90
set label 'elapsed (s)' at screen 0.536842105, screen 0.0255591054 center
set object rectangle from first -1, graph 0 to first 0, graph 1 fc rgb '#888888' fs transparent solid 0.18 noborder behind
set object rectangle from first 1, graph 0 to first 2, graph 1 fc rgb '#D55E00' fs transparent solid 0.16 noborder behind
set object rectangle from first 3, graph 0 to first 4, graph 1 fc rgb '#56B4E9' fs transparent solid 0.25 noborder behind
$panel1_series0 << END
0 0.5 NaN NaN NaN NaN
1 1.5 NaN NaN NaN NaN
2 2.5 NaN NaN NaN NaN
3 3.5 NaN NaN NaN NaN
4 4.5 NaN NaN NaN NaN
END
plot $panel1_series0 using 1:2 with lines lc rgb '#E69F00' lw 1.4 dt 1 notitle
unset multiplot
unset output
