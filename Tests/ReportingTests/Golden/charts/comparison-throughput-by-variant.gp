set encoding utf8
set terminal svg size 520,270 dynamic noenhanced name 'throughput_by_variant' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'throughput-by-variant.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Throughput by variant' at screen 0.0269230769, screen 0.902037037 left font ',17.0'
set label 'Throughput is 50.2 k records/s with all.' at screen 0.0269230769, screen 0.824259259 left
set label 'orders · 50.0 k/s · 6 runs of 3 variants' at screen 0.0269230769, screen 0.757592593 left font ',12.0'
set label 'all 6 VALID' at screen 0.0269230769, screen 0.702037037 left font ',12.0'
set lmargin at screen 0.137846154
set rmargin at screen 0.946153846
set tmargin at screen 0.562962963
set bmargin at screen 0.214814815
unset logscale x
set xrange [49.1445:51.657]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [-0.6:2.6]
set format y '%g'
unset mytics
set ytics 1
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'acknowledged (k records/s)' at screen 0.542, screen 0.0592592593 center
unset ytics
set grid noytics
set label 'zstd:0' at graph 0, first 2 right offset character -1, 0
set label 'zstd:1' at graph 0, first 1 right offset character -1, 0
set label 'zstd:2' at graph 0, first 0 right offset character -1, 0
set label '50.2' at first 50.5, first 2 left offset character 0.7, 0
set label '50.2' at first 50.5, first 1 left offset character 0.7, 0
set label '50.2' at first 50.5, first 0 left offset character 0.7, 0
$panel0_series0 << END
50 2.16071429 NaN NaN NaN NaN
50.5 2.16071429 NaN NaN NaN NaN
END
$panel0_series1 << END
50.25 1.83928571 50 50.5 NaN NaN
END
$panel0_series2 << END
50 1.16071429 NaN NaN NaN NaN
50.5 1.16071429 NaN NaN NaN NaN
END
$panel0_series3 << END
50.25 0.839285714 50 50.5 NaN NaN
END
$panel0_series4 << END
50 0.160714286 NaN NaN NaN NaN
50.5 0.160714286 NaN NaN NaN NaN
END
$panel0_series5 << END
50.25 -0.160714286 50 50.5 NaN NaN
END
plot $panel0_series0 using 1:2 with points pt 6 ps 0.45 lw 1 lc rgb '#0072B2' notitle, \
    $panel0_series1 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#0072B2' notitle, \
    $panel0_series1 using 1:2 with points pt 7 ps 0.7 lc rgb '#0072B2' notitle, \
    $panel0_series2 using 1:2 with points pt 6 ps 0.45 lw 1 lc rgb '#E69F00' notitle, \
    $panel0_series3 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#E69F00' notitle, \
    $panel0_series3 using 1:2 with points pt 7 ps 0.7 lc rgb '#E69F00' notitle, \
    $panel0_series4 using 1:2 with points pt 6 ps 0.45 lw 1 lc rgb '#009E73' notitle, \
    $panel0_series5 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#009E73' notitle, \
    $panel0_series5 using 1:2 with points pt 7 ps 0.7 lc rgb '#009E73' notitle
unset multiplot
unset output
