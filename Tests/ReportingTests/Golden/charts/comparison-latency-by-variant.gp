set encoding utf8
set terminal svg size 520,348 dynamic noenhanced name 'latency_by_variant' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'latency-by-variant.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'End-to-end latency by variant' at screen 0.0269230769, screen 0.923994253 left font ',17.0'
set label 'p99 is 5.03 ms with all.' at screen 0.0269230769, screen 0.863649425 left
set label 'orders · 50.0 k/s · 6 runs of 3 variants' at screen 0.0269230769, screen 0.811925287 left font ',12.0'
set label 'all 6 VALID' at screen 0.0269230769, screen 0.768821839 left font ',12.0'
set arrow from screen 0.0307692308, screen 0.6625 to screen 0.0730769231, screen 0.6625 heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#0072B2'
set label '' at screen 0.0519230769, screen 0.6625 point pt 7 ps 0.7 lc rgb '#0072B2'
set label 'p50' at screen 0.0884615385, screen 0.6625 left
set arrow from screen 0.161230769, screen 0.6625 to screen 0.203538462, screen 0.6625 heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#E69F00'
set label '' at screen 0.182384615, screen 0.6625 point pt 7 ps 0.7 lc rgb '#E69F00'
set label 'p99' at screen 0.218923077, screen 0.6625 left
set lmargin at screen 0.137846154
set rmargin at screen 0.946153846
set tmargin at screen 0.609195402
set bmargin at screen 0.166666667
unset logscale x
set xrange [2.3725:5.56]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [-0.6:2.6]
set format y '%g'
unset mytics
set ytics 0.5
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'end-to-end latency (ms)' at screen 0.542, screen 0.0459770115 center
unset ytics
set grid noytics
set label 'zstd:0' at graph 0, first 2 right offset character -1, 0
set label 'zstd:1' at graph 0, first 1 right offset character -1, 0
set label 'zstd:2' at graph 0, first 0 right offset character -1, 0
set label '2.50' at first 2.5, first 2.20833333 left offset character 0.7, 0
set label '5.03' at first 5.05, first 1.79166667 left offset character 0.7, 0
set label '2.50' at first 2.5, first 1.20833333 left offset character 0.7, 0
set label '5.03' at first 5.05, first 0.791666667 left offset character 0.7, 0
set label '2.50' at first 2.5, first 0.208333333 left offset character 0.7, 0
set label '5.03' at first 5.05, first -0.208333333 left offset character 0.7, 0
$panel0_series0 << END
2.5 2.30208333 NaN NaN NaN NaN
2.5 2.30208333 NaN NaN NaN NaN
END
$panel0_series1 << END
2.5 2.11458333 2.5 2.5 NaN NaN
END
$panel0_series2 << END
5 1.88541667 NaN NaN NaN NaN
5.05 1.88541667 NaN NaN NaN NaN
END
$panel0_series3 << END
5.025 1.69791667 5 5.05 NaN NaN
END
$panel0_series4 << END
2.5 1.30208333 NaN NaN NaN NaN
2.5 1.30208333 NaN NaN NaN NaN
END
$panel0_series5 << END
2.5 1.11458333 2.5 2.5 NaN NaN
END
$panel0_series6 << END
5 0.885416667 NaN NaN NaN NaN
5.05 0.885416667 NaN NaN NaN NaN
END
$panel0_series7 << END
5.025 0.697916667 5 5.05 NaN NaN
END
$panel0_series8 << END
2.5 0.302083333 NaN NaN NaN NaN
2.5 0.302083333 NaN NaN NaN NaN
END
$panel0_series9 << END
2.5 0.114583333 2.5 2.5 NaN NaN
END
$panel0_series10 << END
5 -0.114583333 NaN NaN NaN NaN
5.05 -0.114583333 NaN NaN NaN NaN
END
$panel0_series11 << END
5.025 -0.302083333 5 5.05 NaN NaN
END
plot $panel0_series0 using 1:2 with points pt 6 ps 0.45 lw 1 lc rgb '#0072B2' notitle, \
    $panel0_series1 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#0072B2' notitle, \
    $panel0_series1 using 1:2 with points pt 7 ps 0.7 lc rgb '#0072B2' notitle, \
    $panel0_series2 using 1:2 with points pt 6 ps 0.45 lw 1 lc rgb '#E69F00' notitle, \
    $panel0_series3 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#E69F00' notitle, \
    $panel0_series3 using 1:2 with points pt 7 ps 0.7 lc rgb '#E69F00' notitle, \
    $panel0_series4 using 1:2 with points pt 6 ps 0.45 lw 1 lc rgb '#0072B2' notitle, \
    $panel0_series5 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#0072B2' notitle, \
    $panel0_series5 using 1:2 with points pt 7 ps 0.7 lc rgb '#0072B2' notitle, \
    $panel0_series6 using 1:2 with points pt 6 ps 0.45 lw 1 lc rgb '#E69F00' notitle, \
    $panel0_series7 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#E69F00' notitle, \
    $panel0_series7 using 1:2 with points pt 7 ps 0.7 lc rgb '#E69F00' notitle, \
    $panel0_series8 using 1:2 with points pt 6 ps 0.45 lw 1 lc rgb '#0072B2' notitle, \
    $panel0_series9 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#0072B2' notitle, \
    $panel0_series9 using 1:2 with points pt 7 ps 0.7 lc rgb '#0072B2' notitle, \
    $panel0_series10 using 1:2 with points pt 6 ps 0.45 lw 1 lc rgb '#E69F00' notitle, \
    $panel0_series11 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#E69F00' notitle, \
    $panel0_series11 using 1:2 with points pt 7 ps 0.7 lc rgb '#E69F00' notitle
unset multiplot
unset output
