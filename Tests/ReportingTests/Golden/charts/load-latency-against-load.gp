set encoding utf8
set terminal svg size 760,478 dynamic noenhanced name 'latency_against_load' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'latency-against-load.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Latency against offered load' at screen 0.0184210526, screen 0.944665272 left font ',17.0'
set label 'orders · 3 variants · 15 runs · 15 VALID' at screen 0.0184210526, screen 0.900732218 left
set arrow from screen 0.0184210526, screen 0.863075314 to screen 0.0526315789, screen 0.863075314 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label 'p50' at screen 0.0605263158, screen 0.863075314 left
set arrow from screen 0.107684211, screen 0.863075314 to screen 0.141894737, screen 0.863075314 nohead lc rgb '#E69F00' lw 1.5 dt 1
set label 'p99' at screen 0.149789474, screen 0.863075314 left
set arrow from screen 0.196947368, screen 0.863075314 to screen 0.231157895, screen 0.863075314 nohead lc rgb '#009E73' lw 1.5 dt 1
set label 'max' at screen 0.239052632, screen 0.863075314 left
set label 'End-to-end latency' at screen 0.0184210526, screen 0.787761506 left
set lmargin at screen 0.1
set rmargin at screen 0.973684211
set tmargin at screen 0.748953975
set bmargin at screen 0.121338912
unset logscale x
set xrange [17:83]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
set logscale y
set yrange [200:20000]
set format y '%g'
unset mytics
set ytics ('200 µs' 200, '500 µs' 500, '1 ms' 1000, '2 ms' 2000, '5 ms' 5000, '10 ms' 10000, '20 ms' 20000)
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'offered rate (k records/s)' at screen 0.536842105, screen 0.0334728033 center
$panel0_series0 << END
20 200 NaN NaN 200 200
50 1250 NaN NaN 1250 1250
80 3200 NaN NaN 3200 3200
END
$panel0_series1 << END
20 408 NaN NaN 400 416
50 2550 NaN NaN 2500 2600
80 6528 NaN NaN 6400 6656
END
$panel0_series2 << END
20 800 NaN NaN 800 800
50 5000 NaN NaN 5000 5000
80 12800 NaN NaN 12800 12800
END
plot $panel0_series0 using 1:2 with lines lc rgb '#0072B2' lw 1.5 dt 1 notitle, \
    $panel0_series0 using 1:5:(0):($6-$5) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#0072B2' notitle, \
    $panel0_series0 using 1:2 with points pt 7 ps 0.7 lc rgb '#0072B2' notitle, \
    $panel0_series1 using 1:2 with lines lc rgb '#E69F00' lw 1.5 dt 1 notitle, \
    $panel0_series1 using 1:5:(0):($6-$5) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#E69F00' notitle, \
    $panel0_series1 using 1:2 with points pt 7 ps 0.7 lc rgb '#E69F00' notitle, \
    $panel0_series2 using 1:2 with lines lc rgb '#009E73' lw 1.5 dt 1 notitle, \
    $panel0_series2 using 1:5:(0):($6-$5) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#009E73' notitle, \
    $panel0_series2 using 1:2 with points pt 7 ps 0.7 lc rgb '#009E73' notitle
unset multiplot
unset output
