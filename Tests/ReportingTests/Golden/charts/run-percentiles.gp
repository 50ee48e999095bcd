set encoding utf8
set terminal svg size 760,460 dynamic noenhanced name 'percentiles' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'percentiles.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Latency by percentile' at screen 0.0184210526, screen 0.9425 left font ',17.0'
set label 'orders · VALID' at screen 0.0184210526, screen 0.896847826 left
set arrow from screen 0.0184210526, screen 0.818586957 to screen 0.0526315789, screen 0.818586957 nohead lc rgb '#0072B2' lw 3.2 dt 1
set label 'response' at screen 0.0605263158, screen 0.818586957 left
set arrow from screen 0.155578947, screen 0.818586957 to screen 0.189789474, screen 0.818586957 nohead lc rgb '#E69F00' lw 2.7 dt 1
set label 'end-to-end of readers' at screen 0.197684211, screen 0.818586957 left
set lmargin at screen 0.1
set rmargin at screen 0.973684211
set tmargin at screen 0.77826087
set bmargin at screen 0.126086957
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
set ytics ('2 ms' 2000, '5 ms' 5000, '10 ms' 10000, '20 ms' 20000)
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'share of the records' at screen 0.536842105, screen 0.0347826087 center
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
