set encoding utf8
set terminal svg size 760,442 dynamic noenhanced name 'ratio_against_cpu' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'ratio-against-cpu.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Compression ratio against CPU cost' at screen 0.0184210526, screen 0.940158371 left font ',17.0'
set label 'orders · 3 variants · 6 runs · 6 VALID' at screen 0.0184210526, screen 0.892647059 left
set lmargin at screen 0.1
set rmargin at screen 0.973684211
set tmargin at screen 0.809954751
set bmargin at screen 0.131221719
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
set ytics autofreq
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'compression ratio' at screen 0.0263157895, screen 0.470588235 center rotate by 90
set label 'CPU cost (CPU-s per logical GB)' at screen 0.536842105, screen 0.036199095 center
set label 'zstd:0' at first 3.015, first 1.005 right offset character -0.7, 0
set label 'zstd:1' at first 4.02, first 1.25625 left offset character 0.5, 0.6
set label 'zstd:2' at first 5.025, first 1.5075 left offset character 0.5, 0.6
$panel0_series0 << END
3.015 1.005 NaN NaN NaN NaN
4.02 1.005 NaN NaN NaN NaN
4.02 1.25625 NaN NaN NaN NaN
5.025 1.25625 NaN NaN NaN NaN
5.025 1.5075 NaN NaN NaN NaN
END
$panel0_series1 << END
3.015 1.005 3 3.03 1 1.01
END
$panel0_series2 << END
4.02 1.25625 4 4.04 1.25 1.2625
END
$panel0_series3 << END
5.025 1.5075 5 5.05 1.5 1.515
END
plot $panel0_series0 using 1:2 with lines lc rgb 'black' lw 1.2 dt (8,4) notitle, \
    $panel0_series1 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#0072B2' notitle, \
    $panel0_series1 using 1:5:(0):($6-$5) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#0072B2' notitle, \
    $panel0_series1 using 1:2 with points pt 7 ps 0.7 lc rgb '#0072B2' notitle, \
    $panel0_series2 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#E69F00' notitle, \
    $panel0_series2 using 1:5:(0):($6-$5) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#E69F00' notitle, \
    $panel0_series2 using 1:2 with points pt 7 ps 0.7 lc rgb '#E69F00' notitle, \
    $panel0_series3 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#009E73' notitle, \
    $panel0_series3 using 1:5:(0):($6-$5) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb '#009E73' notitle, \
    $panel0_series3 using 1:2 with points pt 7 ps 0.7 lc rgb '#009E73' notitle
unset multiplot
unset output
