set encoding utf8
set terminal svg size 760,519 dynamic noenhanced name 'throughput' font 'system-ui,Helvetica,Arial,sans-serif,13.0' background rgb 'white'
set output 'throughput.svg'
set datafile missing 'NaN'
set multiplot
unset key
set border 3
set tics nomirror out scale 0.5
set style fill solid 1 noborder
set label 'Throughput over time' at screen 0.0184210526, screen 0.949036609 left font ',17.0'
set label 'orders · 3 variants · 6 runs · 6 VALID' at screen 0.0184210526, screen 0.908574181 left
set arrow from screen 0.0184210526, screen 0.8738921 to screen 0.0526315789, screen 0.8738921 nohead lc rgb '#7F7F7F' lw 1 dt 1
set label 'offered' at screen 0.0605263158, screen 0.8738921 left
set arrow from screen 0.146, screen 0.8738921 to screen 0.180210526, screen 0.8738921 nohead lc rgb '#0072B2' lw 1 dt 1
set label 'acknowledged' at screen 0.188105263, screen 0.8738921 left
set arrow from screen 0.321473684, screen 0.8738921 to screen 0.355684211, screen 0.8738921 nohead lc rgb '#E69F00' lw 1 dt 1
set label 'consumed by readers' at screen 0.363578947, screen 0.8738921 left
set object rectangle from screen 0.564, screen 0.862331407 to screen 0.598210526, screen 0.885452794 fc rgb '#888888' fs transparent solid 0.18 noborder
set label 'warm-up' at screen 0.606105263, screen 0.8738921 left
set object rectangle from screen 0.0184210526, screen 0.827649326 to screen 0.0526315789, screen 0.850770713 fc rgb '#D55E00' fs transparent solid 0.16 noborder
set label 'the machine stalled for 10 ms or more' at screen 0.0605263158, screen 0.839210019 left
set object rectangle from screen 0.433368421, screen 0.827649326 to screen 0.467578947, screen 0.850770713 fc rgb '#56B4E9' fs transparent solid 0.25 noborder
set label 'drain' at screen 0.475473684, screen 0.839210019 left
set label 'zstd:0' at screen 0.0184210526, screen 0.769845857 left
set lmargin at screen 0.0868421053
set rmargin at screen 0.473684211
set tmargin at screen 0.734104046
set bmargin at screen 0.502890173
unset logscale x
set xrange [-1:4]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [0:53]
set format y '%g'
unset mytics
set ytics autofreq
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'k records/s' at screen 0.0157894737, screen 0.61849711 center rotate by 90
set label '' at screen 0.280263158, screen 0.421965318 center
set object rectangle from first -1, graph 0 to first 0, graph 1 fc rgb '#888888' fs transparent solid 0.18 noborder behind
set object rectangle from first 1, graph 0 to first 2, graph 1 fc rgb '#D55E00' fs transparent solid 0.16 noborder behind
set object rectangle from first 3, graph 0 to first 4, graph 1 fc rgb '#56B4E9' fs transparent solid 0.25 noborder behind
$panel0_series0 << END
-0.5 50 NaN NaN NaN NaN
0.5 50 NaN NaN NaN NaN
1.5 50 NaN NaN NaN NaN
2.5 50 NaN NaN NaN NaN
3.5 50 NaN NaN NaN NaN
END
$panel0_series1 << END
-0.5 50 NaN NaN NaN NaN
0.5 50 NaN NaN NaN NaN
1.5 50 NaN NaN NaN NaN
2.5 50 NaN NaN NaN NaN
3.5 25 NaN NaN NaN NaN
END
$panel0_series2 << END
-0.5 50 NaN NaN NaN NaN
0.5 50 NaN NaN NaN NaN
1.5 50 NaN NaN NaN NaN
2.5 50 NaN NaN NaN NaN
3.5 50 NaN NaN NaN NaN
END
$panel0_series3 << END
-0.5 50 NaN NaN NaN NaN
0.5 50 NaN NaN NaN NaN
1.5 50 NaN NaN NaN NaN
2.5 50 NaN NaN NaN NaN
3.5 50 NaN NaN NaN NaN
END
$panel0_series4 << END
-0.5 50 NaN NaN NaN NaN
0.5 50 NaN NaN NaN NaN
1.5 50 NaN NaN NaN NaN
2.5 50 NaN NaN NaN NaN
3.5 25 NaN NaN NaN NaN
END
$panel0_series5 << END
-0.5 50 NaN NaN NaN NaN
0.5 50 NaN NaN NaN NaN
1.5 50 NaN NaN NaN NaN
2.5 50 NaN NaN NaN NaN
3.5 50 NaN NaN NaN NaN
END
plot $panel0_series0 using 1:2 with lines lc rgb '#7F7F7F' lw 1 dt 1 notitle, \
    $panel0_series1 using 1:2 with lines lc rgb '#0072B2' lw 1 dt 1 notitle, \
    $panel0_series2 using 1:2 with lines lc rgb '#E69F00' lw 1 dt 1 notitle, \
    $panel0_series3 using 1:2 with lines lc rgb '#7F7F7F' lw 1 dt 1 notitle, \
    $panel0_series4 using 1:2 with lines lc rgb '#0072B2' lw 1 dt 1 notitle, \
    $panel0_series5 using 1:2 with lines lc rgb '#E69F00' lw 1 dt 1 notitle
unset label
unset arrow
unset object
set label 'zstd:1' at screen 0.518421053, screen 0.769845857 left
set lmargin at screen 0.586842105
set rmargin at screen 0.973684211
set tmargin at screen 0.734104046
set bmargin at screen 0.502890173
unset logscale x
set xrange [-1:4]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [0:53]
set format y '%g'
unset mytics
set ytics autofreq
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'elapsed (s)' at screen 0.780263158, screen 0.421965318 center
set object rectangle from first -1, graph 0 to first 0, graph 1 fc rgb '#888888' fs transparent solid 0.18 noborder behind
set object rectangle from first 1, graph 0 to first 2, graph 1 fc rgb '#D55E00' fs transparent solid 0.16 noborder behind
set object rectangle from first 3, graph 0 to first 4, graph 1 fc rgb '#56B4E9' fs transparent solid 0.25 noborder behind
$panel1_series0 << END
-0.5 49 NaN NaN NaN NaN
0.5 49 NaN NaN NaN NaN
1.5 49 NaN NaN NaN NaN
2.5 49 NaN NaN NaN NaN
3.5 49 NaN NaN NaN NaN
END
$panel1_series1 << END
-0.5 49 NaN NaN NaN NaN
0.5 49 NaN NaN NaN NaN
1.5 49 NaN NaN NaN NaN
2.5 49 NaN NaN NaN NaN
3.5 24.5 NaN NaN NaN NaN
END
$panel1_series2 << END
-0.5 49 NaN NaN NaN NaN
0.5 49 NaN NaN NaN NaN
1.5 49 NaN NaN NaN NaN
2.5 49 NaN NaN NaN NaN
3.5 49 NaN NaN NaN NaN
END
$panel1_series3 << END
-0.5 49 NaN NaN NaN NaN
0.5 49 NaN NaN NaN NaN
1.5 49 NaN NaN NaN NaN
2.5 49 NaN NaN NaN NaN
3.5 49 NaN NaN NaN NaN
END
$panel1_series4 << END
-0.5 49 NaN NaN NaN NaN
0.5 49 NaN NaN NaN NaN
1.5 49 NaN NaN NaN NaN
2.5 49 NaN NaN NaN NaN
3.5 24.5 NaN NaN NaN NaN
END
$panel1_series5 << END
-0.5 49 NaN NaN NaN NaN
0.5 49 NaN NaN NaN NaN
1.5 49 NaN NaN NaN NaN
2.5 49 NaN NaN NaN NaN
3.5 49 NaN NaN NaN NaN
END
plot $panel1_series0 using 1:2 with lines lc rgb '#7F7F7F' lw 1 dt 1 notitle, \
    $panel1_series1 using 1:2 with lines lc rgb '#0072B2' lw 1 dt 1 notitle, \
    $panel1_series2 using 1:2 with lines lc rgb '#E69F00' lw 1 dt 1 notitle, \
    $panel1_series3 using 1:2 with lines lc rgb '#7F7F7F' lw 1 dt 1 notitle, \
    $panel1_series4 using 1:2 with lines lc rgb '#0072B2' lw 1 dt 1 notitle, \
    $panel1_series5 using 1:2 with lines lc rgb '#E69F00' lw 1 dt 1 notitle
unset label
unset arrow
unset object
set label 'zstd:2' at screen 0.0184210526, screen 0.378709056 left
set lmargin at screen 0.0868421053
set rmargin at screen 0.473684211
set tmargin at screen 0.342967245
set bmargin at screen 0.111753372
unset logscale x
set xrange [-1:4]
set format x '%g'
unset mxtics
set xtics autofreq
set grid xtics lt 1 lw 0.5 lc rgb '#B8B8B8'
unset logscale y
set yrange [0:53]
set format y '%g'
unset mytics
set ytics autofreq
set grid ytics lt 1 lw 0.5 lc rgb '#B8B8B8'
set label 'k records/s' at screen 0.0157894737, screen 0.227360308 center rotate by 90
set label 'elapsed (s)' at screen 0.280263158, screen 0.0308285164 center
set object rectangle from first -1, graph 0 to first 0, graph 1 fc rgb '#888888' fs transparent solid 0.18 noborder behind
set object rectangle from first 1, graph 0 to first 2, graph 1 fc rgb '#D55E00' fs transparent solid 0.16 noborder behind
set object rectangle from first 3, graph 0 to first 4, graph 1 fc rgb '#56B4E9' fs transparent solid 0.25 noborder behind
$panel2_series0 << END
-0.5 48 NaN NaN NaN NaN
0.5 48 NaN NaN NaN NaN
1.5 48 NaN NaN NaN NaN
2.5 48 NaN NaN NaN NaN
3.5 48 NaN NaN NaN NaN
END
$panel2_series1 << END
-0.5 48 NaN NaN NaN NaN
0.5 48 NaN NaN NaN NaN
1.5 48 NaN NaN NaN NaN
2.5 48 NaN NaN NaN NaN
3.5 24 NaN NaN NaN NaN
END
$panel2_series2 << END
-0.5 48 NaN NaN NaN NaN
0.5 48 NaN NaN NaN NaN
1.5 48 NaN NaN NaN NaN
2.5 48 NaN NaN NaN NaN
3.5 48 NaN NaN NaN NaN
END
$panel2_series3 << END
-0.5 48 NaN NaN NaN NaN
0.5 48 NaN NaN NaN NaN
1.5 48 NaN NaN NaN NaN
2.5 48 NaN NaN NaN NaN
3.5 48 NaN NaN NaN NaN
END
$panel2_series4 << END
-0.5 48 NaN NaN NaN NaN
0.5 48 NaN NaN NaN NaN
1.5 48 NaN NaN NaN NaN
2.5 48 NaN NaN NaN NaN
3.5 24 NaN NaN NaN NaN
END
$panel2_series5 << END
-0.5 48 NaN NaN NaN NaN
0.5 48 NaN NaN NaN NaN
1.5 48 NaN NaN NaN NaN
2.5 48 NaN NaN NaN NaN
3.5 48 NaN NaN NaN NaN
END
plot $panel2_series0 using 1:2 with lines lc rgb '#7F7F7F' lw 1 dt 1 notitle, \
    $panel2_series1 using 1:2 with lines lc rgb '#0072B2' lw 1 dt 1 notitle, \
    $panel2_series2 using 1:2 with lines lc rgb '#E69F00' lw 1 dt 1 notitle, \
    $panel2_series3 using 1:2 with lines lc rgb '#7F7F7F' lw 1 dt 1 notitle, \
    $panel2_series4 using 1:2 with lines lc rgb '#0072B2' lw 1 dt 1 notitle, \
    $panel2_series5 using 1:2 with lines lc rgb '#E69F00' lw 1 dt 1 notitle
unset multiplot
unset output
