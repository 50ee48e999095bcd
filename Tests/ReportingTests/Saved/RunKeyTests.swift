import Foundation
import Testing

@testable import Reporting

@Suite struct `A run in several places` {
    private static let columns = ["run_id", "started_at", "variant", "repetition", "acked_records"]

    private func row(_ id: String, acked: Int = 100, repetition: Int = 1) -> [String] {
        [id, "2026-11-29T10:27:26.544Z", "default", "\(repetition)", "\(acked)"]
    }

    private func results(_ name: String, _ rows: [[String]]) -> SavedResults {
        SavedResults(
            name: name, path: name, tables: [.summary: CSVTable(columns: Self.columns, rows: rows)])
    }

    @Test func `is in a summary once, though its row stands there twice`() {
        let twice = results("a", [row("x"), row("y"), row("x"), row("x", repetition: 2)])
        #expect(twice.summary?.rows.map { $0["run_id"] } == ["x", "y"])
        #expect(twice.notes.count == 2 && twice.notes[0].hasPrefix("a has the run x twice"))
        #expect(results("a", [row("x"), row("y")]).notes.isEmpty)
    }

    @Test func `counts once, though folders are copies of each other`() {
        let (kept, notes) = SavedResults.withEachRunOnce([
            results("a", [row("x")]), results("copy", [row("x")]),
            results("more", [row("x"), row("y")]),
        ])
        #expect(kept.map(\.path) == ["a", "more"])
        #expect(kept[1].summary?.rows.map { $0["run_id"] } == ["y"])
        #expect(
            notes == [
                "copy repeats the run x, which counts once",
                "more repeats the run x, which counts once",
            ])
    }

    @Test func `of generators that began in one millisecond is each one's own`() {
        let (kept, notes) = SavedResults.withEachRunOnce([
            results("a", [row("x")]), results("b", [row("x", acked: 101)]),
        ])
        #expect(kept.count == 2 && notes.isEmpty)
    }

    @Test func `that does not say which it is is nobody's copy`() {
        let table = CSVTable(columns: ["verdict"], rows: [["VALID"], ["VALID"]])
        let saved = SavedResults(name: "a", path: "a", tables: [.summary: table])
        #expect(saved.summary?.rows.count == 2)
        #expect(SavedResults.withEachRunOnce([saved, saved]).results.count == 2)
    }
}
