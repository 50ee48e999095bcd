set encoding utf8
set terminal svg size 760,230 dynamic noenhanced name 'throughput_by_variant' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'throughput-by-variant.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Throughput by variant' at screen 0.0184210526, screen 0.885 left font ',17.0'
set label 'orders · 3 variants · 6 runs · 6 VALID' at screen 0.0184210526, screen 0.793695652 left
set lmargin at screen 0.0943157895
set rmargin at screen 0.973684211
set tmargin at screen 0.634782609
set bmargin at screen 0.252173913
unset logscale x
set xrange [0:61.61]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [-0.6:2.6]
set format y '%g'
unset mytics
set ytics autofreq
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'acknowledged (k records/s)' at screen 0.534, screen 0.0695652174 center
unset ytics
set grid noytics
set label 'zstd:0' at graph 0, first 2 right offset character -1, 0
set label 'zstd:1' at graph 0, first 1 right offset character -1, 0
set label 'zstd:2' at graph 0, first 0 right offset character -1, 0
set label '50.2' at first 50.5, first 2 left offset character 0.7, 0
set label '50.2' at first 50.5, first 1 left offset character 0.7, 0
set label '50.2' at first 50.5, first 0 left offset character 0.7, 0
$panel0_series0 << END
50.25 2 50 50.5 NaN NaN
END
$panel0_series1 << END
50.25 1 50 50.5 NaN NaN
END
$panel0_series2 << END
50.25 0 50 50.5 NaN NaN
END
plot $panel0_series0 using (0.5*$1):2:(0):1:($2-0.36):($2+0.36) with boxxyerror lc rgb '#0072B2' notitle, \
    $panel0_series0 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb 'black' notitle, \
    $panel0_series1 using (0.5*$1):2:(0):1:($2-0.36):($2+0.36) with boxxyerror lc rgb '#E69F00' notitle, \
    $panel0_series1 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb 'black' notitle, \
    $panel0_series2 using (0.5*$1):2:(0):1:($2-0.36):($2+0.36) with boxxyerror lc rgb '#009E73' notitle, \
    $panel0_series2 using 3:2:($4-$3):(0) with vectors heads nofilled size screen 0.0045,90 lw 1.3 lc rgb 'black' notitle
unset multiplot
unset output
