import Foundation
import Measurement
import Testing

@testable import Reporting

@Suite struct `The description of a results folder` {
    private struct Package: Decodable {
        struct Resource: Decodable {
            var name: String
            var path: String
            var description: String
            var schema: Schema
        }
        struct Schema: Decodable {
            var fields: [Field]
        }
        struct Field: Decodable {
            var name: String
            var type: String
            var title: String
            var description: String
            var unit: String?
        }

        var profile: String
        var name: String
        var resources: [Resource]

        init(in folder: String) throws {
            let file = URL(filePath: folder + "/" + DataPackage.fileName)
            self = try JSONDecoder().decode(Package.self, from: Data(contentsOf: file))
        }

        func fields(of file: String) -> [String: Field] {
            let fields = resources.first { $0.path == file }?.schema.fields ?? []
            return Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0) })
        }
    }

    /// A run and a comparison in one folder, with rows of most files.
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        func write<Row: TableRow>(_ rows: [Row]) throws {
            try CSVWriter<Row>(in: folder.path).append(rows)
        }
        var row = Fixture.summary
        row.environment = Fixture.environment
        row.wasInterrupted = false
        try write([row])
        try write([
            ThresholdRow(
                run: Fixture.runName, threshold: "lost == 0", metric: "lost", comparison: "==",
                limit: .number(0), measured: .number(0), unit: "", holds: true)
        ])
        try write([RooflineRow(runID: "roofline/20261121T104500Z", probe: "write", slices: 5)])
        let histogram = Fixture.histogram([1, 1_000, 1_000_000])
        try write(
            PercentileRow.distribution(of: histogram, kind: .sendDelay, run: Fixture.runName))
        try write([`The answer of a search for the highest rate`.confirmed])
        return folder
    }

    /// Whether Table Schema's type takes a field.
    private func takes(_ text: String, _ type: String) -> Bool {
        switch type {
        case "string", "any": true
        case "boolean": text == "true" || text == "false"
        case "integer": Int64(text) != nil
        case "number": Double(text)?.isFinite == true
        case "datetime": UTCTime(iso8601: text) != nil
        default: false
        }
    }

    @Test func `has each column of each file in order, with a type that its fields are of`() throws
    {
        let folder = try folder()
        try DataPackage.write(in: folder.path, name: "orders/20261121T104500Z")
        let package = try Package(in: folder.path)
        #expect(package.profile == "tabular-data-package")
        #expect(package.name == "orders/20261121t104500z")
        #expect(
            package.resources.map(\.path) == [
                "summary.csv", "percentiles.csv", "thresholds.csv", "roofline.csv", "max_rate.csv",
            ])
        for resource in package.resources {
            let table = try CSVTable(path: folder.path + "/" + resource.path)
            #expect(resource.schema.fields.map(\.name) == table.columns, "\(resource.path)")
            for field in resource.schema.fields {
                for row in table.rows {
                    guard let text = row[field.name] else { continue }
                    #expect(takes(text, field.type), "\(field.name): \(text) as \(field.type)")
                }
                #expect(!field.title.isEmpty && field.description.count > 3, "\(field.name)")
            }
        }
    }

    @Test func `says units and kinds as the tables do`() throws {
        let folder = try folder()
        try DataPackage.write(in: folder.path)
        let package = try Package(in: folder.path)
        let summary = package.fields(of: "summary.csv")
        #expect(summary["e2e_latency_p99_us"]?.unit == "us")
        #expect(summary["e2e_latency_p99_us"]?.title == "End-to-end latency p99")
        #expect(summary["cpu_s_per_logical_gb"]?.unit == "s/GB")
        #expect(summary["acked_records"]?.type == "integer")
        #expect(summary["started_at"]?.type == "datetime")
        #expect(summary["interrupted"]?.type == "boolean")
        #expect(summary["run_id"]?.unit == nil)
        let roofline = package.fields(of: "roofline.csv")
        #expect(roofline["operations_per_s"]?.unit == "1/s")
        #expect(roofline["rate_mb_per_s"]?.unit == "MB/s")
        #expect(package.fields(of: "thresholds.csv")["limit"]?.type == "any")
        #expect(package.fields(of: "thresholds.csv")["holds"]?.type == "boolean")
    }

    @Test func `has what a sweep varies, and columns of other versions`() throws {
        let folder = try TemporaryFolder()
        let table = CSVTable(
            columns: ["run_id", "set_linger_ms", "sustained", "lost_marbles_percent"],
            rows: [["a/1", "5ms", "true", "3"]])
        try OutputFile(creating: folder.path + "/summary.csv").append(table.text)
        try DataPackage.write(in: folder.path)
        let fields = try Package(in: folder.path).fields(of: "summary.csv")
        #expect(fields["set_linger_ms"]?.type == "string")
        #expect(fields["set_linger_ms"]?.description.contains("as it was written") == true)
        #expect(fields["sustained"]?.type == "boolean")
        #expect(fields["lost_marbles_percent"]?.type == "any")
        #expect(fields["lost_marbles_percent"]?.unit == "%")
    }

    @Test func `is of the files that are there, and not written where there are none`() throws {
        let folder = try TemporaryFolder()
        try DataPackage.write(in: folder.path)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/datapackage.json"))
        // A run that died at once leaves a file without a header.
        try OutputFile(creating: folder.path + "/timeseries.csv").append("")
        try DataPackage.write(in: folder.path)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/datapackage.json"))
        _ = try CSVWriter<LagRow>(in: folder.path)
        try DataPackage.write(in: folder.path)
        #expect(try Package(in: folder.path).resources.map(\.path) == ["lag.csv"])
    }

    @Test func `knows every CSV file that a folder may have`() {
        #expect(
            Set(TableDescription.all.map(\.fileName))
                == Set(SavedResults.Table.allCases.map(\.rawValue)))
    }
}
