import Foundation
import Testing

@testable import Reporting

/// Chromium, driven by `Interop/browse_page.py`.
enum Chromium {
    static let executable: String? = {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        let candidates = ["chromium", "chromium-browser", "google-chrome"].flatMap { name in
            folders.map { "\($0)/\(name)" }
        }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    static let isThere = executable != nil && Python.systemInterpreter != nil

    /// What one size of window, in one colour scheme, shows of a page.
    struct View: Decodable {
        var width: Int
        var scheme: String
        var title: String
        var language: String
        /// Pixels by which the page is wider than the window, all that folds unfolded.
        var overflow: Int
        /// Elements that hide a part of themselves, or reach beyond the page.
        var cut: [String]
        /// Charts beside each other.
        var columns: Int
        /// Text below WCAG's AA contrast, each with its ratio.
        var faint: [String]
        var smallestText: Double
        var headings: [String]
        var paper: String
        var handlers: Int
        var scripts: Int
        var charts: [Chart]
        /// Addresses asked for beyond the page itself.
        var requests: [String]
        /// Console messages, exceptions, violations of the page's policy.
        var complaints: [String]

        struct Chart: Decodable {
            var role: String?
            var label: String?
            var isVisible: Bool
        }
    }

    static func views(of page: String) throws -> [View] {
        let output = try Python.run(
            Python.systemInterpreter!, "browse_page.py", executable!, page)
        return try JSONDecoder().decode([View].self, from: Data(output.utf8))
    }
}

@Suite(
    .enabled(if: Chromium.isThere, "no chromium here, or no python3: apt-get install chromium"),
    .serialized)
struct `A report in a browser` {
    /// What holds of every page, at each width and in both colour schemes.
    private func expectGood(
        _ views: [Chromium.View], charts: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            views.map(\.width) == [390, 390, 1280, 1280, 1920, 1920],
            sourceLocation: sourceLocation)
        for view in views {
            let place = Comment(rawValue: "\(view.width) pixels, \(view.scheme)")
            #expect(view.complaints.isEmpty, place, sourceLocation: sourceLocation)
            #expect(view.requests.isEmpty, place, sourceLocation: sourceLocation)
            #expect(view.overflow == 0, place, sourceLocation: sourceLocation)
            #expect(view.cut.isEmpty, place, sourceLocation: sourceLocation)
            #expect(
                view.columns == (view.width >= 1_200 ? 2 : 1), place,
                sourceLocation: sourceLocation)
            #expect(view.faint.isEmpty, place, sourceLocation: sourceLocation)
            #expect(view.smallestText >= 12, place, sourceLocation: sourceLocation)
            #expect(view.scripts + view.handlers == 0, place, sourceLocation: sourceLocation)
            #expect(view.language == "en", place, sourceLocation: sourceLocation)
            #expect(view.charts.count == charts, place, sourceLocation: sourceLocation)
            for chart in view.charts {
                #expect(chart.role == "img", place, sourceLocation: sourceLocation)
                #expect(chart.label?.isEmpty == false, place, sourceLocation: sourceLocation)
                #expect(chart.isVisible, place, sourceLocation: sourceLocation)
            }
        }
        #expect(
            Set(views.map(\.paper)).count == 2, "light and dark differ",
            sourceLocation: sourceLocation)
    }

    private func views(of fixture: ResultsFixture) throws -> [Chromium.View] {
        try Chromium.views(of: Report.write(SavedResults(path: fixture.path)))
    }

    private func addCharts(to fixture: ResultsFixture) throws -> Int {
        let plan = Charts.plan([try SavedResults(path: fixture.path)])
        for chart in plan.charts {
            try fixture.write(
                #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 400">"#
                    + ##"<rect class="chart-ground" width="760" height="400" fill="#ffffff"/>"##
                    + #"<text x="10" y="30" fill="currentColor">1 &lt; 2</text>"#
                    + #"<script>console.log("ran")</script><g onload="console.log('ran')"/></svg>"#,
                to: "charts/\(chart.name).svg")
        }
        return plan.charts.count
    }

    @Test func `is right for a run with charts`() throws {
        let fixture = try ResultsFixture.run()
        let count = try addCharts(to: fixture)
        #expect(count > 0)
        let views = try views(of: fixture)
        expectGood(views, charts: count)
        #expect(views[0].title == "SUSPECT: orders · Weir")
        let headings = try #require(views.first?.headings)
        #expect(headings.first == "orders")
        #expect(headings.contains("Delivery audit"))
    }

    @Test func `is right for a comparison of a dozen variants`() throws {
        let variants = (1...11).map { "zstd:\($0),batch.size=1MiB,linger.ms=20ms" }
        let fixture = try ResultsFixture.comparison(variants: ["none"] + variants, repetitions: 5)
        let count = try addCharts(to: fixture)
        expectGood(try views(of: fixture), charts: count)
    }

    @Test func `is right for a run that failed half-way`() throws {
        expectGood(try views(of: ResultsFixture.run(nil)), charts: 0)
    }

    @Test func `is right with hostile names and texts without a blank`() throws {
        let endless = String(repeating: "endless", count: 60)
        var row = Fixture.summary
        row.run.profile = ResultsFixture.hostile
        row.run.target = endless
        row.verdictReasons = [endless, ResultsFixture.hostile]
        let run = try ResultsFixture.run(row, group: ResultsFixture.hostile)
        try run.write("description: \(endless)\n\(endless)\n", to: "profile.yaml")
        try run.write(
            "{\"\(endless)\": \"\(endless)\", \"command_line\": [\"\(endless)\"]}",
            to: "environment.json")
        expectGood(try views(of: run), charts: 0)
        let comparison = try ResultsFixture.comparison(
            variants: ["none", ResultsFixture.hostile, endless])
        expectGood(try views(of: comparison), charts: 0)
    }

    @Test(.enabled(if: (try? Gnuplot()) != nil, "install gnuplot-nox"))
    func `is right with what gnuplot draws of hostile names`() throws {
        let fixture = try ResultsFixture.comparison(variants: ["none", ResultsFixture.hostile])
        let drawn = try Charts.draw(
            results: [SavedResults(path: fixture.path)], into: fixture.path + "/charts",
            formats: [.svg])
        #expect(!drawn.charts.isEmpty)
        expectGood(try views(of: fixture), charts: drawn.charts.count)
    }

    /// Without this one, the others would also pass where the browser tells nothing.
    @Test func `is told from a page that is bad`() throws {
        let fixture = try ResultsFixture.run()
        let bad = """
            <!doctype html><html><body style="background: #fff">
            <main><p style="color: #aaa; width: 2000px; font-size: 6px">faint and wide</p></main>
            <details><p style="color: #bbb">folded</p></details>
            <img src="missing.png" onerror="console.log('x')"><script>console.error("ran")</script>
            </body></html>
            """
        try fixture.write(bad, to: "bad.html")
        let view = try #require(try Chromium.views(of: fixture.path + "/bad.html").first)
        #expect(view.overflow > 1_000)
        #expect(!view.cut.isEmpty)
        #expect(view.faint.map { $0.suffix(6) } == ["d wide", "folded"])
        #expect(view.smallestText == 6)
        #expect(view.requests.contains { $0.hasSuffix("missing.png") })
        #expect(view.complaints.contains("console.error"))
        #expect(view.scripts == 1 && view.handlers == 1)
        #expect(view.language.isEmpty)
    }

    @Test func `runs no script and loads nothing even where one gets in`() throws {
        let fixture = try ResultsFixture.run()
        let page = try fixture.page().replacing(
            "<main>",
            with: "<main><script>document.title = 'ran'</script>"
                + "<img src=\"missing.png\"><link rel=stylesheet href=missing.css>")
        try fixture.write(page, to: "attacked.html")
        let view = try #require(try Chromium.views(of: fixture.path + "/attacked.html").first)
        #expect(view.title == "SUSPECT: orders · Weir")
        #expect(!view.complaints.isEmpty)
    }
}
