extension ReportSection {
    /// `codecs.csv`: codecs alone, on batches of the sample; nil without the file.
    static func codecs(_ codecs: CSVTable?) -> ReportSection? {
        guard let codecs else { return nil }
        var section = ReportSection(anchor: "codecs", title: "Codecs alone")
        var table = ReportTable(
            "Each setting",
            columns: [.text("setting"), .text("batches")] + shown.map { .number($0.1) }
                + [.text("front")],
            note:
                "Measured without an engine. Alone is the ratio of keys and values without record "
                + "framing; on the front no other of the same batches is shown to compress better in no "
                + "more CPU time, or as well in less.")
        for row in codecs.rows {
            let codec = row["codec"] ?? ""
            let batch = CodecBatch(row)
            var entries = [
                ReportTable.Entry(row["level"].map { "\(codec):\($0)" } ?? codec),
                ReportTable.Entry(batch.text),
            ]
            for (column, _) in shown {
                entries.append(.init(ColumnText.value(row[column], column: column)))
            }
            let isOnFront = row["pareto"] == "true"
            entries.append(.init(isOnFront ? "front" : "", tone: isOnFront ? "front" : ""))
            table.add(entries)
        }
        section.tables = table.isEmpty ? [] : [table]
        if table.isEmpty { section.absence = "codecs.csv has no row." }
        return section
    }

    private static let shown = [
        ("compression_ratio", "ratio"), ("payload_ratio", "payload"), ("bare_ratio", "alone"),
        ("compress_ns_per_byte", "compress"), ("decompress_ns_per_byte", "decompress"),
        ("context_bytes", "memory"),
    ]
}
