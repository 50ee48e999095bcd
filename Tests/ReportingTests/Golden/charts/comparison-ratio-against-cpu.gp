set encoding utf8
set terminal svg size 520,472 dynamic noenhanced name 'ratio_against_cpu' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'ratio-against-cpu.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Compression ratio against CPU cost' at screen 0.0269230769, screen 0.943961864 left font ',17.0'
set label 'On the front are zstd:0, zstd:1 and zstd:2; no variant is beaten in both.' at screen 0.0269230769, screen 0.899470339 left
set label 'orders · 50.0 k/s · 6 runs of 3 variants' at screen 0.0269230769, screen 0.861334746 left font ',12.0'
set label 'all 6 VALID' at screen 0.0269230769, screen 0.829555085 left font ',12.0'
set label '↖ better: smaller on disk for less CPU' at screen 0.0269230769, screen 0.751165254 left
set arrow from screen 0.0269230769, screen 0.713029661 to screen 0.0769230769, screen 0.713029661 nohead lc rgb '#B0B0B0' lw 5 dt 1
set label 'Pareto front' at screen 0.0884615385, screen 0.713029661 left
set arrow from screen 0.287230769, screen 0.713029661 to screen 0.329538462, screen 0.713029661 heads nofilled size screen 0.0045,90 lw 1.3 lc rgb 'black'
set label '' at screen 0.308384615, screen 0.713029661 point pt 7 ps 0.7 lc rgb 'black'
set label 'a variant’s median, 95 % interval' at screen 0.344923077, screen 0.713029661 left
set lmargin at screen 0.146153846
set rmargin at screen 0.961538462
set tmargin at screen 0.673728814
set bmargin at screen 0.122881356
unset logscale x
set xrange [0:5.8075]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [0:1.6968]
set format y '%g'
unset mytics
set ytics 0.2
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'compression ratio' at screen 0.0384615385, screen 0.398305085 center rotate by 90
set label 'CPU cost of the process (CPU-s per logical GB)' at screen 0.553846154, screen 0.0338983051 center
set label 'zstd:0' at first 3.015, first 1.005 right offset character -0.7, 0
set label 'zstd:1' at first 4.02, first 1.25625 right offset character -0.7, 0
set label 'zstd:2' at first 5.025, first 1.5075 left offset character 0.7, 0
$panel0_series0 << END
3.015 1.005 NaN NaN NaN NaN
4.02 1.005 NaN NaN NaN NaN
4.02 1.25625 NaN NaN NaN NaN
5.025 1.25625 NaN NaN NaN NaN
5.025 1.5075 NaN NaN NaN NaN
END
$panel0_series1 << END
END
$panel0_series2 << END
3.015 1.005 3 3.03 1 1.01
END
$panel0_series3 << END
4.02 1.25625 4 4.04 1.25 1.2625
END
$panel0_series4 << END
5.025 1.5075 5 5.05 1.5 1.515
END
plot $panel0_series0 using 1:2 with lines lc rgb '#B0B0B0' lw 5 dt 1 notitle, \
    $panel0_series1 using 1:2 with points pt 7 ps 0.7 lc rgb 'black' notitle, \
    $panel0_series2 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#0072B2' notitle, \
    $panel0_series2 using 1:5:(0):($6-$5) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#0072B2' notitle, \
    $panel0_series2 using 1:2 with points pt 7 ps 0.7 lc rgb '#0072B2' notitle, \
    $panel0_series3 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#E69F00' notitle, \
    $panel0_series3 using 1:5:(0):($6-$5) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#E69F00' notitle, \
    $panel0_series3 using 1:2 with points pt 7 ps 0.7 lc rgb '#E69F00' notitle, \
    $panel0_series4 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#009E73' notitle, \
    $panel0_series4 using 1:5:(0):($6-$5) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#009E73' notitle, \
    $panel0_series4 using 1:2 with points pt 7 ps 0.7 lc rgb '#009E73' notitle
unset multiplot
unset output
