import RecordFormat

/// How far a share group is in one partition.
public struct ShareProgress: Equatable, Sendable {
    /// What comes before is acknowledged, or is given to nobody any more.
    public var start: Offset
    /// The end of the log less the records with which the group is not done, wherever they lie: at the end of the log
    /// all are done.
    public var position: Offset

    /// - Parameters:
    ///   - start: the start offset, which brokers may tell late: those of Kafka tell the one that they wrote last, and
    ///     write the one before the last acknowledgement.
    ///   - end: of the log, not later than when the lag was told; then the position is never too far.
    ///   - lag: how many records the group is not done with (KIP-1226); nil from brokers that do not tell.
    public init(start: Offset, end: Offset?, lag: Int64?) {
        self.start = start
        position = start
        if let end, let lag, lag >= 0 { position = max(start, end.advanced(by: -lag)) }
    }
}
