/// Adapts gnuplot's SVG to a page: it takes the page's text colour, has a title and a description,
/// and can share a page with others.
///
/// The grey of the grid and the colours of the series stay. Black becomes `currentColor`, which is
/// black by default; the white background gets the class `chart-ground`; the ids of gnuplot's
/// symbols, which are the same in every picture, get the chart's name in front.
enum FinishedSVG {
    static func text(_ drawn: String, of chart: Chart) -> String {
        var svg =
            drawn
            .replacing(" color=\"black\"", with: "")
            .replacing("'rgb(  0,   0,   0)'", with: "'currentColor'")
            .replacing("stroke='black'", with: "stroke='currentColor'")
            .replacing("stroke=\"black\"", with: "stroke=\"currentColor\"")
            .replacing("fill=\"black\"", with: "fill=\"currentColor\"")
            .replacing("color='black'", with: "color='currentColor'")
            .replacing("fill='black'", with: "fill='currentColor'")
        let titleSize = "font-size=\"\(Int(ChartLayout.titleSize)).00\""
        svg = svg.replacing(titleSize, with: titleSize + " font-weight=\"600\"")
        for symbol in ["gpDot", "gpPt"] {
            svg = svg.replacing("id='\(symbol)", with: "id='\(chart.name)-\(symbol)")
                .replacing("'#\(symbol)", with: "'#\(chart.name)-\(symbol)")
        }
        for name in ["gnuplot_canvas", "textbox", "greybox"] {
            svg = svg.replacing("id='\(name)'", with: "id='\(chart.name)-\(name)'")
                .replacing("id=\"\(name)\"", with: "id=\"\(chart.name)-\(name)\"")
        }
        if let ground = svg.firstRange(of: "<rect x=\"0\" y=\"0\"") {
            svg.replaceSubrange(
                ground, with: "<rect class=\"chart-ground\" x=\"0\" y=\"0\"")
        }
        return described(withoutPlotTitles(svg), chart)
    }

    /// Screen readers read `<title>` and `<desc>`; browsers show the title under the pointer.
    private static func described(_ svg: String, _ chart: Chart) -> String {
        guard let title = svg.firstRange(of: "<title>"),
            let end = svg.firstRange(of: "</desc>")
        else { return svg }
        return svg[..<title.lowerBound]
            + "<title>\(escaped(chart.title))</title>\n<desc>"
            + escaped([chart.finding, chart.caption].filter { !$0.isEmpty }.joined(separator: " "))
            + "</desc>"
            + svg[end.upperBound...]
    }

    /// gnuplot titles each plot with a number, which browsers would show under the pointer.
    private static func withoutPlotTitles(_ svg: String) -> String {
        svg.replacing(#/<title>[^<]*_plot_[^<]*</title>/#, with: "")
    }

    private static func escaped(_ text: String) -> String {
        GnuplotText.harmless(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
    }
}

extension Chart {
    /// The script that makes gnuplot draw it, with all its data.
    /// - Parameter output: a file name of letters, digits, `-` and `.`, in the working directory.
    public func gnuplotScript(_ format: ChartFormat, output: String) -> String {
        GnuplotScript.text(self, format: format, output: output)
    }
}
