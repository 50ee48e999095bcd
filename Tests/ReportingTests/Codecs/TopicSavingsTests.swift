import Measurement
import Testing

@testable import Reporting

@Suite struct `Advice on a topic` {
    /// A gigabyte of a topic; the front bends at zstd:3, with a ratio of 5.
    private static func topic(
        _ name: String = "orders", with codec: String, ratio: Double
    ) -> TopicSavings {
        var row = TopicRow(topic: name)
        (row.storedBytes, row.storedRatio, row.storedWith) = (1_000_000_000, ratio, codec)
        let codecs = `Codecs alone`.rows.map { codec in
            var row = codec
            (row.topic, row.batchRecords, row.storedBatches) = (name, nil, 1)
            return row
        }
        return TopicSavings(row, codecs: codecs, samplingReach: 0)
    }

    @Test(arguments: [
        (
            "lz4", 2.5,
            "zstd:3 in place of lz4 would store 500 MB (50.0 %) less, for 4.00 ns of CPU a byte to "
                + "compress in place of about 2.00."
        ),
        (
            "none", 1.0,
            "zstd:3 in place of none would store 800 MB (80.0 %) less, for 4.00 ns of CPU a byte to "
                + "compress."
        ),
        (
            "zstd", 5.0,
            "Keep zstd: its ratio is that of zstd:3, where the front bends; the cheapest setting that is "
                + "shown to store at least 1 % less is zstd:19, by 167 MB (16.7 %), for 200 ns of CPU a byte to "
                + "compress in place of about 4.00."
        ),
        (
            "zstd", 5.9,
            "Keep zstd: zstd:3, where the front bends, would store 180 MB (18.0 %) more, for 4.00 ns of "
                + "CPU a byte to compress in place of about 204; the cheapest setting that is shown to "
                + "store at least 1 % less is zstd:19, by 16.7 MB (1.67 %), for 200 ns of CPU a byte to compress in "
                + "place of about 204."
        ),
        (
            "gzip (60 %), lz4 (40 %)", 7.0,
            "Keep gzip (60 %), lz4 (40 %): zstd:3, where the front bends, would store 400 MB (40.0 %) "
                + "more, for 4.00 ns of CPU a byte to compress; no setting is shown to store at least "
                + "1 % less."
        ),
        (
            "zstd", 4.98,
            "Keep zstd: its ratio is that of zstd:3, where the front bends; the cheapest setting that is "
                + "shown to store at least 1 % less is zstd:19, by 170 MB (17.0 %), for 200 ns of CPU a "
                + "byte to compress in place of about 4.00."
        ),
    ])
    func `says what changes against how it is stored now`(
        _ codec: String, _ ratio: Double, _ sentence: String
    ) {
        #expect(Self.topic(with: codec, ratio: ratio).change == sentence)
    }

    @Test func `says of compressed records that no codec gains anything`() {
        var row = TopicRow(topic: "pictures")
        (row.storedBytes, row.storedRatio, row.storedWith) = (1_000_000_000, 1.0, "lz4")
        let codecs = `Codecs alone`.rows.map { codec in
            var row = codec
            (row.topic, row.batchRecords, row.storedBatches) = ("pictures", nil, 1)
            row.ratio = Estimate(row.codec == "none" ? 1 : 1.008, interval: nil)
            return row
        }
        let topic = TopicSavings(row, codecs: codecs, samplingReach: 0)
        #expect(
            topic.change
                == "No codec gains anything: the records are compressed already, or random. none stores "
                + "as much, within 1 %, for no CPU.")
        #expect(!topic.isSaving)
    }

    @Test func `counts only the topics that gain`() {
        let gaining = Self.topic("orders", with: "lz4", ratio: 2.5)
        let keeping = Self.topic("clicks", with: "zstd", ratio: 5.9)
        let text = TopicReport.text([keeping, gaining], of: "kept", width: 1_000)
        #expect(
            text.hasPrefix(
                "kept stores 2.00 GB in 2 topics; 500 MB less (25.0 %) if 1 of them had the setting where "
                    + "its front bends, at the batches that it has. Most of it in orders, with zstd:3 in "
                    + "place of lz4. The others are not shown to gain by that.\n"))
        let alone = TopicReport.text([gaining], of: "kept", width: 1_000)
        #expect(
            alone.contains("if it had the setting where its front bends, zstd:3 in place of lz4,"))
        #expect(
            TopicReport.text([keeping], of: "kept", width: 1_000).contains("; no codec is shown"))
    }
}
