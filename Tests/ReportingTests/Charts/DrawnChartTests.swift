import Foundation
import Testing

@testable import Reporting

#if canImport(FoundationXML)
    import FoundationXML
#endif

private let hasGnuplot = (try? Gnuplot()) != nil

@Suite(.enabled(if: hasGnuplot, "install gnuplot-nox"))
struct `Drawn charts` {
    /// Throws unless it is well-formed XML.
    private func parse(_ path: String) throws -> XMLDocument {
        try XMLDocument(data: Data(contentsOf: URL(filePath: path)), options: [])
    }

    /// Every kind of chart, drawn in both formats.
    private func expectPictures(
        _ results: [SavedResults], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let folder = try TemporaryFolder()
        let drawn = try Charts.draw(results: results, into: folder.path + "/charts")
        #expect(!drawn.charts.isEmpty, sourceLocation: sourceLocation)
        for chart in drawn.charts {
            let svg = try parse(try #require(chart.svgPath))
            let root = try #require(svg.rootElement())
            let text = try String(contentsOfFile: try #require(chart.svgPath), encoding: .utf8)
            #expect(text.contains(" viewBox=\"0 0 520 "), "\(chart.name)")
            #expect(root.elements(forName: "title").first?.stringValue == chart.title)
            #expect(
                root.elements(forName: "desc").first?.stringValue?.hasSuffix(chart.caption) == true)
            let png = try Data(contentsOf: URL(filePath: try #require(chart.pngPath)))
            #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            // The header's width: three times the layout's.
            #expect(png[16..<20].reduce(0) { $0 << 8 | Int($1) } == 1_560)
            #expect(png.count > 5_000, "\(chart.name)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/charts")
        // Nothing is left of the drawing.
        #expect(names.count == 2 * drawn.charts.count, sourceLocation: sourceLocation)
    }

    @Test(arguments: ["1e308", "1.7e308"])
    func `are all there, though a figure is one that no axis holds`(figure: String) throws {
        let whole = ChartFixture.run()
        var tables = whole.tables
        let percentiles = try #require(whole.percentiles)
        let place = try #require(percentiles.columns.firstIndex(of: "value_us"))
        tables[.percentiles] = CSVTable(
            columns: percentiles.columns,
            rows: percentiles.rows.map { row in
                var fields = row.fields
                fields[place] = figure
                return fields
            })
        let folder = try TemporaryFolder()
        let damaged = SavedResults(name: "r", path: "r", tables: tables)
        let drawn = try Charts.draw(results: [damaged], into: folder.path + "/c", formats: [.svg])
        let names = try Charts.draw(
            results: [whole], into: folder.path + "/d", formats: [.svg]
        ).charts.map(\.name)
        #expect(names.allSatisfy(drawn.charts.map(\.name).contains))
    }

    @Test func `of a run are pictures`() throws {
        try expectPictures([ChartFixture.run()])
    }

    @Test(arguments: [1, 12])
    func `of a comparison are pictures`(_ count: Int) throws {
        try expectPictures([
            ChartFixture.comparison(ChartFixture.variants(count), repetitions: 2)
        ])
    }

    /// gnuplot would place the label by the figures beside it, and out of a small panel's picture.
    @Test func `have their axes' labels in the picture`() throws {
        let folder = try TemporaryFolder()
        for count in [1, 4, 12] {
            let results = ChartFixture.comparison(ChartFixture.variants(count), repetitions: 2)
            let plan = Charts.plan([results])
            let drawn = try Charts.draw(results: [results], into: folder.path, formats: [.svg])
            for chart in drawn.charts {
                let panels = try #require(plan.chart(chart.name)).panels
                let text = try String(contentsOfFile: try #require(chart.svgPath), encoding: .utf8)
                let places = text.matches(of: /translate\(([-\d.]+),[-\d.]+\) rotate/)
                let labelled = panels.count { !$0.y.label.isEmpty }
                #expect(places.count == labelled, "\(chart.name) of \(count) variants")
                for place in places {
                    let x = try #require(Double(place.1))
                    #expect(x >= ChartLayout.fontSize / 2, "\(chart.name) of \(count) variants")
                }
            }
        }
    }

    @Test func `of one row are pictures`() throws {
        let whole = ChartFixture.timeSeries()
        let one = CSVTable(columns: whole.columns, rows: [whole.rows[0].fields])
        try expectPictures([SavedResults(name: "a", path: "a", tables: [.timeSeries: one])])
    }

    @Test func `run nothing that stands in the results, and stay well-formed`() throws {
        let variants = `A script for gnuplot`.hostileTexts.map { ChartFixture.Variant($0) }
        let folder = try TemporaryFolder()
        let drawn = try Charts.draw(
            results: [ChartFixture.comparison(Array(variants), repetitions: 1)], into: folder.path,
            formats: [.svg])
        for chart in drawn.charts { _ = try parse(try #require(chart.svgPath)) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.sorted() == drawn.charts.map { $0.name + ".svg" }.sorted())
        let bars = try #require(drawn.charts.first { $0.name == "throughput-by-variant" })
        let text = try String(contentsOfFile: try #require(bars.svgPath), encoding: .utf8)
        #expect(text.contains("`touch pwned`"))
        #expect(text.contains("%s %n %5$n 100 %%"))
        #expect(text.contains("@x {a}_b^2 &amp;{x} ~n{~}"))
        #expect(!text.contains("<script>"))
    }

    @Test func `take the text colour of a page and share it with others`() throws {
        let folder = try TemporaryFolder()
        let drawn = try Charts.draw(
            results: [ChartFixture.comparison(ChartFixture.variants(2))], into: folder.path,
            formats: [.svg])
        var ids: Set<String> = []
        for chart in drawn.charts {
            let text = try folder.text(chart.name + ".svg")
            #expect(!text.contains("black") && !text.contains("'rgb(  0,   0,   0)'"))
            #expect(text.contains("fill=\"currentColor\""))
            #expect(text.contains("class=\"chart-ground\""))
            #expect(text.contains("font-weight=\"600\""))
            for match in text.matches(of: #/\bid=['"]([^'"]+)['"]/#) {
                #expect(ids.insert(String(match.1)).inserted, "\(match.1) is in two charts")
            }
        }
    }

    @Test func `replace older ones and leave other files alone`() throws {
        let folder = try TemporaryFolder()
        for name in ["throughput.svg", "mine.svg"] {
            try "old".write(toFile: folder.path + "/" + name, atomically: true, encoding: .utf8)
        }
        _ = try Charts.draw(
            results: [ChartFixture.run()], into: folder.path, formats: [.svg])
        #expect(try folder.text("mine.svg") == "old")
        #expect(try folder.text("throughput.svg").hasPrefix("<?xml"))
    }

    @Test func `that gnuplot refuses are an error that says why`() throws {
        let folder = try TemporaryFolder()
        var chart = Charts.plan([ChartFixture.run()]).charts[0]
        chart.name = "no/such/folder"
        #expect(throws: ChartError.self) {
            _ = try Gnuplot().draw(
                chart, format: .svg, into: folder.path, workshop: folder.path)
        }
        #expect {
            _ = try Charts.draw(results: [ChartFixture.run()], into: "/dev/null/charts")
        } throws: { "\($0)".contains("/dev/null/charts") }
    }
}
