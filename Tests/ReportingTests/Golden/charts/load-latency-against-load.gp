set encoding utf8
set terminal svg size 520,490 dynamic noenhanced name 'latency_against_load' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'latency-against-load.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Latency against offered load' at screen 0.0269230769, screen 0.946020408 left font ',17.0'
set label 'p99 of the end-to-end latency goes from 408 µs at 20.0 k records/s to' at screen 0.0269230769, screen 0.903163265 left
set label '6.53 ms at 80.0 k records/s.' at screen 0.0269230769, screen 0.866428571 left
set label 'orders · 20.0 k/s, 50.0 k/s, 80.0 k/s · 15 runs of 3 variants' at screen 0.0269230769, screen 0.829693878 left font ',12.0'
set label 'all 15 VALID' at screen 0.0269230769, screen 0.799081633 left font ',12.0'
set arrow from screen 0.0269230769, screen 0.760306122 to screen 0.0769230769, screen 0.760306122 nohead lc rgb '#0072B2' lw 1.5 dt 1
set label 'p50' at screen 0.0884615385, screen 0.760306122 left
set arrow from screen 0.157384615, screen 0.760306122 to screen 0.207384615, screen 0.760306122 nohead lc rgb '#E69F00' lw 1.5 dt 1
set label 'p99' at screen 0.218923077, screen 0.760306122 left
set arrow from screen 0.287846154, screen 0.760306122 to screen 0.337846154, screen 0.760306122 nohead lc rgb '#009E73' lw 1.5 dt 1
set label 'max' at screen 0.349384615, screen 0.760306122 left
set label 'End-to-end latency' at screen 0.0269230769, screen 0.686836735 left
set lmargin at screen 0.146153846
set rmargin at screen 0.961538462
set tmargin at screen 0.648979592
set bmargin at screen 0.118367347
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
set ytics ('200 µs' 200, '500 µs' 500, '1 ms' 1000, '2 ms' 2000, '5 ms' 5000, '10 ms' 10000, '20 ms' 20000, '' 300 1, '' 400 1, '' 600 1, '' 700 1, '' 800 1, '' 900 1, '' 3000 1, '' 4000 1, '' 6000 1, '' 7000 1, '' 8000 1, '' 9000 1)
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'offered rate (k records/s)' at screen 0.553846154, screen 0.0326530612 center
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
