set encoding utf8
set terminal svg size 520,472 dynamic noenhanced name 'percentiles' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'percentiles.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Latency by percentile' at screen 0.0269230769, screen 0.943961864 left font ',17.0'
set label 'End-to-end of readers: half of the records stay within 3.08 ms, 99 %' at screen 0.0269230769, screen 0.899470339 left
set label 'within 5.72 ms, 99.9 % within 6.60 ms; the slowest took 10.0 ms.' at screen 0.0269230769, screen 0.861334746 left
set label 'orders · 50.0 k/s' at screen 0.0269230769, screen 0.823199153 left font ',12.0'
set label 'VALID' at screen 0.0269230769, screen 0.791419492 left font ',12.0'
set arrow from screen 0.0269230769, screen 0.713029661 to screen 0.0769230769, screen 0.713029661 nohead lc rgb '#0072B2' lw 3.2 dt 1
set label 'response' at screen 0.0884615385, screen 0.713029661 left
set arrow from screen 0.227384615, screen 0.713029661 to screen 0.277384615, screen 0.713029661 nohead lc rgb '#E69F00' lw 2.7 dt 1
set label 'end-to-end of readers' at screen 0.288923077, screen 0.713029661 left
set lmargin at screen 0.146153846
set rmargin at screen 0.961538462
set tmargin at screen 0.673728814
set bmargin at screen 0.122881356
set logscale x
set xrange [1:150000]
set format x '%g'
unset mxtics
set xtics ('50 %%' 2, '90 %%' 10, '99 %%' 100, '99.9 %%' 1000, '99.99 %%' 10000, '99.999 %%' 100000)
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
set logscale y
set yrange [2000:20000]
set format y '%g'
unset mytics
set ytics ('2 ms' 2000, '5 ms' 5000, '10 ms' 10000, '20 ms' 20000, '' 3000 1, '' 4000 1, '' 6000 1, '' 7000 1, '' 8000 1, '' 9000 1)
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'share of the records' at screen 0.553846154, screen 0.0338983051 center
$panel0_series0 << END
1 NaN NaN NaN NaN NaN
2 2800 NaN NaN NaN NaN
10 5000 NaN NaN NaN NaN
100 5200 NaN NaN NaN NaN
1000 6000 NaN NaN NaN NaN
150000 9100 NaN NaN NaN NaN
END
$panel0_series1 << END
1 NaN NaN NaN NaN NaN
2 3080 NaN NaN NaN NaN
10 5500 NaN NaN NaN NaN
100 5720 NaN NaN NaN NaN
1000 6600 NaN NaN NaN NaN
150000 10010 NaN NaN NaN NaN
END
plot $panel0_series0 using 1:2 with lines lc rgb '#0072B2' lw 3.2 dt 1 notitle, \
    $panel0_series1 using 1:2 with lines lc rgb '#E69F00' lw 2.7 dt 1 notitle
unset multiplot
unset output
