import Foundation
import Testing

@Suite struct `The metrics command` {
    @Test func `prints what summary.csv says`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary()
        let ended = try workspace.weir("metrics", "results/orders/latest")
        #expect(ended.status == 0, "\(ended.errors)")
        let lines = ended.output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("weir_acked_records{") && $0.hasSuffix("} 1000") })
        #expect(
            lines.contains {
                $0.hasPrefix("weir_e2e_latency_seconds_count{") && $0.hasSuffix("} 1000")
            })
        #expect(lines.last == "# EOF")
    }

    @Test func `says what is wrong with what it was given`() throws {
        let workspace = try Workspace()
        #expect(try workspace.weir("metrics", "nowhere").status == 66)
        #expect(try workspace.weir("metrics", ".").status == 65)
        #expect(try workspace.weir("metrics").status == 64)
        try FileManager.default.createDirectory(
            atPath: workspace.path("other"), withIntermediateDirectories: false)
        for (text, part) in [
            ("a,b\n1,2\n", "its columns are not those of a CSV file that Weir writes"),
            ("run_id;verdict\nx;VALID\n", "its fields are separated by semicolons"),
        ] {
            try workspace.write(text, to: "other/summary.csv")
            for command in ["metrics", "report", "chart"] {
                let ended = try workspace.weir(command, "other")
                #expect(ended.status == 65 && ended.output.isEmpty, "\(command)")
                #expect(ended.errors.contains("other/summary.csv is not a results file: \(part)"))
            }
        }
    }
}
