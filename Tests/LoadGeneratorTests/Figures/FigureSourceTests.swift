import Measurement
import Testing

@testable import LoadGenerator

@Suite struct `The sources of figures` {
    /// A figure that is described and measured nowhere, or the other way round, is found here.
    @Test func `are those figures whose origin is the run, each once`() {
        let described = RunFigure.all.filter { if case .run = $0.origin { true } else { false } }
        let sources = RunFigures.sources.map(\.column)
        #expect(Set(sources).count == sources.count)
        #expect(
            Set(sources).symmetricDifference(described.map(\.column)).sorted() == [],
            "described without a source, or with a source and no description")
    }

    @Test func `leave empty what was not measured`() {
        let values = RunFigures().values
        #expect(values["e2e_latency_p99_us"] == nil)
        #expect(values["lost"] == nil && values["lag_records_max"] == nil)
        #expect(values["acked_rate_records_per_s"] == nil)
        #expect(values["compression_type"] == nil && values["share_of_write"] == nil)
    }

    @Test func `say the same to thresholds as to the summary`() {
        var figures = RunFigures()
        figures.seconds = 2
        figures.producers.ackedRecords = 3_000
        figures.producers.logicalBytes = 1_000_000_000
        (figures.cpuUserSeconds, figures.cpuSystemSeconds) = (3, 1)
        for column in ["acked_rate_records_per_s", "cpu_s_per_logical_gb", "acked_records"] {
            let figure = RunFigure.named(column)!
            #expect(figures.value(of: figure) == figures.values[column], "\(column)")
        }
        #expect(figures.values.number("cpu_s_per_logical_gb") == 4)
    }
}
