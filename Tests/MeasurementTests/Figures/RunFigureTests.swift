import Testing

@testable import Measurement

@Suite struct `The table of figures` {
    private static let columns = Set(RunFigure.all.map(\.column))

    @Test func `has each column once, named in snake_case and explained in a sentence`() {
        #expect(Self.columns.count == RunFigure.all.count)
        for figure in RunFigure.all {
            let name = figure.column
            #expect(name.wholeMatch(of: /[a-z0-9]+(_[a-z0-9]+)*/) != nil, "\(name)")
            #expect(figure.meaning.last == "." || figure.meaning.last == "…", "\(name)")
            #expect(!figure.title.isEmpty && !figure.title.contains("_"), "\(name)")
            #expect(RunFigure.named(name)?.column == name)
        }
        #expect(RunFigure.named("no_such_figure") == nil)
    }

    @Test func `says columns of a later edition behind those of all earlier ones`() {
        let editions = RunFigure.inColumnOrder.map(\.edition)
        #expect(editions == editions.sorted())
        #expect(RunFigure.inColumnOrder.prefix(2).map(\.column) == ["run_id", "started_at"])
    }

    @Test func `refers only to figures that it has`() {
        for figure in RunFigure.all {
            switch figure.formula {
            case .perSecond(let count, _)?: #expect(Self.columns.contains(count))
            case .quotient(let parts, let divisor, _)?:
                #expect(Self.columns.isSuperset(of: parts + [divisor]), "\(figure.column)")
            case nil: #expect(figure.joining != .formula, "\(figure.column) has no formula")
            }
            if case .mean(let weight) = figure.joining {
                #expect(Self.columns.contains(weight), "\(figure.column)")
            }
        }
    }

    @Test func `asks for no threshold on what nothing measures`() {
        for figure in RunFigure.all where figure.threshold != nil {
            if case .notYet = figure.origin { Issue.record("\(figure.column)") }
            #expect(![.text, .truth, .time].contains(figure.unit), "\(figure.column)")
        }
    }

    @Test func `has gauges with names of their own, which end in their base unit`() {
        let gauges = RunFigure.all.compactMap(\.gauge)
        #expect(Set(gauges).count == gauges.count)
        for figure in RunFigure.all {
            guard let gauge = figure.gauge, let unit = figure.unit.baseUnit else { continue }
            #expect(gauge.hasSuffix("_" + unit), "\(gauge)")
        }
    }

    @Test func `has units that the names of columns say, of any file`() {
        #expect(RunFigure.Unit.ending("lag_time_ms") == .milliseconds)
        #expect(RunFigure.Unit.ending("sent_rate_records_per_s") == .recordsPerSecond)
        #expect(RunFigure.Unit.ending("interval_s") == .seconds)
        #expect(RunFigure.Unit.ending("operations_per_s") == nil)
        #expect(RunFigure.Unit.ending("records") == nil)
    }

    @Test func `puts one figure in each cell of a page's table`() {
        var cells: [String: [RunFigure.Unit]] = [:]
        for figure in RunFigure.all {
            guard case .throughput(let row)? = figure.page else { continue }
            #expect(
                [.records, .recordsPerSecond, .megabytesPerSecond].contains(figure.unit),
                "\(figure.column)")
            cells[row, default: []].append(figure.unit)
        }
        for (row, units) in cells { #expect(Set(units).count == units.count, "\(row)") }
    }
}

@Suite struct `The values of figures` {
    @Test func `are computed where other figures say them`() {
        var values = FigureValues()
        #expect(values["acked_rate_records_per_s"] == nil)
        values["acked_records"] = 3_000
        #expect(values["acked_rate_records_per_s"] == nil)
        values["duration_s"] = 1.5
        #expect(values.number("acked_rate_records_per_s") == 2_000)
        values["duration_s"] = 0
        #expect(values["acked_rate_records_per_s"] == nil)
        values["cpu_user_s"] = 6
        values["logical_bytes"] = 2_000_000_000
        #expect(values["cpu_s_per_logical_gb"] == nil)
        values["cpu_system_s"] = 2
        #expect(values.number("cpu_s_per_logical_gb") == 4)
    }

    @Test func `of a latency are set and taken away together`() {
        var histogram = LatencyHistogram()
        for nanos in [1_000, 2_000, 3_500] as [Int64] { histogram.record(nanos) }
        var values = FigureValues()
        values.set(LatencySummary(histogram), of: .sendDelay)
        #expect(values.number("send_delay_p50_us") == 2)
        #expect(values.number("send_delay_max_us") == 3.5)
        #expect(histogram.nanos(.max) == 3_500 && histogram.nanos(.p50) == 2_000)
        values.set(nil, of: .sendDelay)
        #expect(values == FigureValues())
    }
}
