set encoding utf8
set terminal svg size 520,598 dynamic noenhanced name 'lag' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'lag.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Consumer lag over time' at screen 0.0269230769, screen 0.955769231 left font ',17.0'
set label 'The lag was 21 records in the median interval, and rose to 61 records at' at screen 0.0269230769, screen 0.920652174 left
set label '3 s.' at screen 0.0269230769, screen 0.890551839 left
set label 'orders · 50.0 k/s' at screen 0.0269230769, screen 0.860451505 left font ',12.0'
set label 'VALID' at screen 0.0269230769, screen 0.835367893 left font ',12.0'
set object rectangle from screen 0.0269230769, screen 0.793561873 to screen 0.0769230769, screen 0.813628763 fc rgb '#888888' fs transparent solid 0.18 noborder
set label 'warm-up' at screen 0.0884615385, screen 0.803595318 left
set object rectangle from screen 0.213384615, screen 0.793561873 to screen 0.263384615, screen 0.813628763 fc rgb '#D55E00' fs transparent solid 0.16 noborder
set label 'stall of the machine, 10 ms or more' at screen 0.274923077, screen 0.803595318 left
set object rectangle from screen 0.791846154, screen 0.793561873 to screen 0.841846154, screen 0.813628763 fc rgb '#56B4E9' fs transparent solid 0.25 noborder
set label 'drain' at screen 0.853384615, screen 0.803595318 left
set label 'Consumer lag in records' at screen 0.0269230769, screen 0.743394649 left
set lmargin at screen 0.146153846
set rmargin at screen 0.961538462
set tmargin at screen 0.712374582
set bmargin at screen 0.461538462
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
set ytics 10
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'records' at screen 0.0384615385, screen 0.586956522 center rotate by 90
set label '' at screen 0.553846154, screen 0.391304348 center
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
set label 'Age of the oldest record not consumed' at screen 0.0269230769, screen 0.378846154 left
set lmargin at screen 0.146153846
set rmargin at screen 0.961538462
set tmargin at screen 0.347826087
set bmargin at screen 0.0969899666
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
set ytics 1
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'ms' at screen 0.0384615385, screen 0.222408027 center rotate by 90
set label 'elapsed (s)' at screen 0.553846154, screen 0.0267558528 center
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
