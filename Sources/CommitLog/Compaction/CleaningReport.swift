public import RecordFormat

/// What one cleaning of one log did.
public struct CleaningReport: Sendable, Equatable {
    public var topicPartition: TopicPartition
    public var firstDirtyOffset: Offset
    /// Where the next cleaning's dirty section begins.
    public var endOffset: Offset
    public var mappedKeyCount = 0
    /// By both passes over the records: the first maps the keys of the dirty section.
    public var readByteCount = 0
    public var writtenByteCount = 0
    public var readRecordCount = 0
    public var keptRecordCount = 0
    public var sourceSegmentCount = 0
    public var cleanedSegmentCount = 0
    /// With the rests that `log.cleaner.io.max.bytes.per.second` makes it take.
    public var durationNanos: Int64 = 0
}

extension CleaningReport: CustomStringConvertible {
    public var description: String {
        let seconds = max(Double(durationNanos) / 1e9, 1e-9)
        let read = Double(readByteCount) / 1e6
        return
            "cleaned up to offset \(endOffset), exclusive, in \(Self.text(seconds, places: 3)) s: read "
            + "\(Self.text(read)) MB, \(Self.text(read / seconds)) MB/s, and \(readRecordCount) records; kept "
            + "\(Self.text(Double(writtenByteCount) / 1e6)) MB and \(keptRecordCount) records; "
            + "segments: \(sourceSegmentCount) before, \(cleanedSegmentCount) after"
    }

    private static func text(_ value: Double, places: Int = 1) -> String {
        let scale = places == 1 ? 10 : 1000
        let scaled = Int((value * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count)
            + fraction
    }
}
