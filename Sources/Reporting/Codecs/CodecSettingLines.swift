import Foundation

/// A compression setting as clients spell it, to paste into a configuration.
///
/// Kafka's Java producer takes levels since 3.8 (KIP-390). librdkafka has one key for the levels of all
/// codecs, −1 to 12, where −1 is the codec's default (its CONFIGURATION.md).
struct CodecSettingLines {
    let codec: String
    let level: Int?

    /// Kafka's defaults, which need no line.
    private static let defaults = ["gzip": [-1, 6], "lz4": [9], "zstd": [3]]

    private var isDefault: Bool {
        level.map { Self.defaults[codec]?.contains($0) == true } ?? true
    }

    var java: [String] {
        ["compression.type=\(codec)"]
            + (isDefault ? [] : ["compression.\(codec).level=\(level ?? 0)"])
    }

    /// Nil if librdkafka cannot be set to it.
    var librdkafka: [String]? {
        let type = ["compression.type=\(codec)"]
        guard let level, !isDefault else { return type }
        // −1 is the default there, and its fast lz4 has the levels below 3.
        guard (1...12).contains(level), codec != "lz4" || level >= 3 else { return nil }
        return type + ["compression.level=\(level)"]
    }

    /// Both on a line, for each setting of the front.
    static func text(_ rows: [CodecRow]) -> String {
        var cells = [["", "Java", "librdkafka"]]
        for row in rows {
            let lines = CodecSettingLines(codec: row.codec, level: row.level)
            cells.append([
                row.setting, lines.java.joined(separator: " "),
                lines.librdkafka?.joined(separator: " ") ?? "has no such level",
            ])
        }
        let widths = (0..<2).map { column in cells.map { $0[column].count }.max() ?? 0 }
        let lines = cells.map { row in
            "  "
                + zip(row, widths).map { $0.padding(toLength: $1 + 3, withPad: " ", startingAt: 0) }
                .joined() + row[2]
        }
        return (["To paste"] + lines).joined(separator: "\n") + "\n"
    }
}

extension CodecBill {
    /// The settings of the table, as clients spell them.
    public var settingLines: String { CodecSettingLines.text(rows) }
}
