import RecordFormat

/// The session from which a member of a share group reads.
public protocol SharingSession: WorkerSession {
    /// Gives records that have come for the member, and acknowledges those of the calls before: the worker has
    /// consumed them. Where there are none, what comes later signals the wake-up.
    ///
    /// - Parameter body: called with a partition, a batch in place, and those of its records that are the member's;
    ///   once, several times, or, where there are none, not at all.
    /// - Returns: whether there were any.
    func take(
        _ body: (_ partition: Int, _ batch: RawSpan, _ given: [GivenRecords]) -> Void
    ) throws(TargetError) -> Bool
}
