import Testing

@testable import Reporting

@Suite struct `An advice` {
    /// Five repetitions each: of a ratio, a cost and a p99 in µs, around their middles.
    private struct Made {
        var name: String
        var ratio: Double
        var cost: Double
        var p99 = 5_000.0
        /// As a share, to both sides.
        var spread = 0.01
        var verdict = "VALID"
    }

    private static func comparison(_ made: [Made], repetitions: Int = 5) throws -> Comparison {
        let columns = [
            "variant", "repetition", "verdict", "compression_ratio", "cpu_s_per_logical_gb",
            "e2e_latency_p99_us",
        ]
        let rows = made.flatMap { variant in
            (1...repetitions).map { repetition in
                let factor = 1 + variant.spread * Double(repetition - 3) / 2
                return [variant.name, "\(repetition)", variant.verdict]
                    + [variant.ratio, variant.cost, variant.p99].map { "\($0 * factor)" }
            }
        }
        return try Comparison(summaries: [CSVTable(columns: columns, rows: rows)])
    }

    private static func advice(
        _ made: [Made], _ budgets: [Advice.Budget] = []
    ) throws -> Advice {
        try Advice(comparison(made), budgets: budgets)
    }

    private static let latency = Advice.Budget(
        metric: "e2e_latency_p99_us", isAtMost: true, limit: 10_000,
        text: "e2e_latency_p99 < 10ms")
    private static let cost = Advice.Budget(
        metric: "cpu_s_per_logical_gb", isAtMost: true, limit: 30, text: "CPU <= 30 s/GB")

    @Test func `names what is best in both`() throws {
        let advice = try Self.advice([
            Made(name: "none", ratio: 1, cost: 10), Made(name: "good", ratio: 4, cost: 8),
            Made(name: "bad", ratio: 3, cost: 20),
        ])
        #expect(advice.front.map(\.name) == ["good"])
        #expect(Set(advice.dominated.map(\.name)) == ["none", "bad"])
        guard case .winner("good", _) = advice.conclusion else {
            Issue.record("\(advice.conclusion)")
            return
        }
        #expect(AdviceReport.text(advice).hasPrefix("good: "))
    }

    @Test func `weighs CPU against bytes where nothing is best in both`() throws {
        let advice = try Self.advice([
            Made(name: "zstd:9", ratio: 6, cost: 60), Made(name: "none", ratio: 1, cost: 10),
            Made(name: "lz4", ratio: 3, cost: 15), Made(name: "gzip", ratio: 3.5, cost: 70),
        ])
        #expect(advice.front.map(\.name) == ["none", "lz4", "zstd:9"])
        #expect(
            advice.conclusion == .tradeOff(leastCPU: ["none"], mostCompression: ["zstd:9"]))
        let text = AdviceReport.text(advice)
        let line = text.split(separator: "\n").first { $0.hasPrefix("  lz4 ") }
        // 15 s/GB for 10, a ratio of 3 for 1.
        #expect(line?.split(separator: " ").suffix(2) == ["1.50", "3.00"])
        #expect(text.contains("  gzip     beaten"))
    }

    @Test func `stands in a file, a row for each variant with why`() throws {
        let advice = try Self.advice(
            [
                Made(name: "zstd:9", ratio: 6, cost: 60), Made(name: "none", ratio: 1, cost: 10),
                Made(name: "lz4", ratio: 3, cost: 15), Made(name: "gzip", ratio: 2.5, cost: 20),
                Made(name: "late", ratio: 9, cost: 5, p99: 99_000),
            ], [Self.latency])
        let rows = AdviceRow.rows(of: advice, budgets: [Self.latency], runID: "advise/1")
        #expect(rows.map(\.variant) == ["none", "zstd:9", "lz4", "gzip", "late"])
        #expect(rows.map(\.place) == [.advised, .advised, .front, .beaten, .excluded])
        #expect(rows[0].reason == "costs the least CPU")
        #expect(rows[4].reason?.hasPrefix("e2e_latency_p99 < 10ms: 99") == true)
        #expect(Set(rows.map(\.conclusion)).count == 1)
        #expect(
            rows[0].conclusion
                == "No clear winner: it depends on whether CPU or disk is scarce. CPU: none costs least. "
                + "Bytes: zstd:9 stores least.")
        let folder = try TemporaryFolder()
        try AdviceRow.write(rows, in: folder.path)
        let table = try CSVTable(path: folder.path + "/advice.csv")
        #expect(
            table.rows.map { $0["budget"] } == Array(repeating: "e2e_latency_p99 < 10ms", count: 5))
    }

    @Test func `says that there is no clear winner where intervals overlap`() throws {
        let advice = try Self.advice([
            Made(name: "a", ratio: 4.00, cost: 20.0, spread: 0.1),
            Made(name: "b", ratio: 4.05, cost: 20.2, spread: 0.1),
        ])
        #expect(advice.conclusion == .noClearWinner(["a", "b"]))
        #expect(AdviceReport.text(advice).hasPrefix("No clear winner: the intervals of a and b"))
        let bounded = try Self.advice(
            [
                Made(name: "a", ratio: 4.00, cost: 20.0, spread: 0.1),
                Made(name: "b", ratio: 4.05, cost: 20.2, spread: 0.1),
            ], [Self.cost])
        #expect(bounded.conclusion == .noClearWinner(["b", "a"]))
    }

    @Test func `says of a winner in bytes what may cost less CPU`() throws {
        let advice = try Self.advice([
            Made(name: "none", ratio: 1, cost: 18, spread: 0.2),
            Made(name: "zstd:1", ratio: 4, cost: 20, spread: 0.2),
        ])
        #expect(
            AdviceReport.text(advice).replacing("\n", with: " ").hasPrefix(
                "zstd:1: no other is shown to compress better, and no other to cost less CPU; less "
                    + "CPU by the medians, though within overlapping intervals: none."))
    }

    @Test func `takes the best ratio within a budget of CPU`() throws {
        let advice = try Self.advice(
            [
                Made(name: "none", ratio: 1, cost: 10), Made(name: "lz4", ratio: 3, cost: 15),
                Made(name: "zstd:3", ratio: 5, cost: 25), Made(name: "zstd:9", ratio: 6, cost: 60),
            ], [Self.cost])
        guard case .winner("zstd:3", _) = advice.conclusion else {
            Issue.record("\(advice.conclusion)")
            return
        }
        #expect(advice.excluded == [.init(name: "zstd:9", reason: "CPU <= 30 s/GB: 60.0 s/GB")])
    }

    @Test func `takes the cheaper one where ratios within the budget may tie`() throws {
        let advice = try Self.advice(
            [
                Made(name: "dear", ratio: 5.05, cost: 28, spread: 0.05),
                Made(name: "cheap", ratio: 5, cost: 20, spread: 0.05),
            ], [Self.cost])
        guard case .winner("cheap", _) = advice.conclusion else {
            Issue.record("\(advice.conclusion)")
            return
        }
    }

    @Test func `leaves out what is not shown to keep the budget`() throws {
        let advice = try Self.advice(
            [
                Made(name: "late", ratio: 9, cost: 5, p99: 20_000),
                Made(name: "unsure", ratio: 8, cost: 6, p99: 9_900, spread: 0.1),
                Made(name: "fine", ratio: 2, cost: 20),
            ], [Self.latency])
        #expect(advice.front.map(\.name) == ["fine"])
        #expect(advice.excluded.map(\.name) == ["late", "unsure"])
        #expect(advice.excluded[0].reason == "e2e_latency_p99 < 10ms: 20.0 ms")
        #expect(advice.excluded[1].reason.contains("its interval extends to 10.9 ms"))
    }

    @Test func `says so where nothing fits, or nothing was measured`() throws {
        let late = try Self.advice([Made(name: "a", ratio: 2, cost: 9, p99: 1e6)], [Self.latency])
        #expect(late.conclusion == .nothingFits)
        #expect(AdviceReport.text(late).hasPrefix("Nothing is shown to fit"))
        // The figures of an invalid run mean nothing.
        let invalid = try Self.advice([Made(name: "a", ratio: 2, cost: 9, verdict: "INVALID")])
        #expect(invalid.conclusion == .nothingFits)
        #expect(invalid.excluded.count == 1)
    }

    @Test func `is at most 100 columns wide`() throws {
        let made = (1...12).map { place in
            Made(
                name: "zstd:\(place),batch.size=256KiB,linger.ms=50ms",
                ratio: Double(place), cost: Double(place * 2), p99: place > 8 ? 1e6 : 5_000)
        }
        let text = AdviceReport.text(
            try Self.advice(made, [Self.latency]), resultsPath: "Results/advise/now")
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(text)")
    }

    @Test func `calls a limit the machine's that is broken without a codec, too`() throws {
        let made = [
            Made(name: "none", ratio: 1, cost: 10, p99: 50_000, spread: 0),
            Made(name: "lz4", ratio: 3, cost: 15, p99: 60_000, spread: 0),
        ]
        let advice = try Self.advice(made, [Self.latency])
        #expect(advice.unmet.map(\.budget) == [Self.latency] && advice.excluded.isEmpty)
        #expect(advice.front.map(\.name) == ["none", "lz4"])
        let text = AdviceReport.text(advice).replacing("\n", with: " ")
        #expect(
            text.contains(
                "e2e_latency_p99 < 10ms does not hold without compression either (50.0 ms), nor with any "
                    + "setting: it is a limit of the machine or of the rate"))
    }

    @Test func `excludes by a limit that only those with a codec keep`() throws {
        let made = [
            Made(name: "none", ratio: 1, cost: 10, p99: 50_000, spread: 0),
            Made(name: "lz4", ratio: 3, cost: 15, p99: 6_000, spread: 0),
        ]
        let advice = try Self.advice(made, [Self.latency])
        #expect(advice.unmet.isEmpty && advice.front.map(\.name) == ["lz4"])
        #expect(advice.excluded.map(\.name) == ["none"])
    }

    @Test func `begins with what is shown, and says what few repetitions are worth`() throws {
        func text(_ ratio: Double) throws -> String {
            let comparison = try Self.comparison(
                [
                    Made(name: "none", ratio: 1, cost: 10),
                    Made(name: "lz4", ratio: ratio, cost: 10),
                ], repetitions: 3)
            return AdviceReport.text(Advice(comparison, budgets: []), on: comparison).replacing(
                "\n", with: " ")
        }
        let three =
            "With 3 repetitions an interval is the whole range, which contains the true median in 75 %"
        for ratio in [1.0, 4] {
            let text = try text(ratio)
            #expect(text.contains(three) && !text.contains("not shown to differ"), "\(text)")
        }
        let comparison = try Self.comparison([
            Made(name: "none", ratio: 1, cost: 10), Made(name: "lz4", ratio: 4, cost: 5),
        ])
        let text = AdviceReport.text(Advice(comparison, budgets: []), on: comparison)
        #expect(
            text.contains("lz4 stores 4.00 times less than none") && !text.contains("whole range"))
    }
}
