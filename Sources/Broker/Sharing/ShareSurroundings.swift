import KafkaProtocol

/// What a share partition needs of the broker around it.
struct ShareSurroundings: Sendable {
    var topic: ShareStateTopic
    var updatesPerSnapshot: Int
    /// The settings of a group, now.
    var limits: @Sendable (_ group: String) -> ShareLimits
    /// Milliseconds of a clock that goes on evenly.
    var nowMs: @Sendable () -> Int64
    /// Milliseconds since 1970.
    var wallMs: @Sendable () -> Int64
    /// Calls back at a time of the first clock.
    var schedule: @Sendable (_ atMs: Int64, @escaping @Sendable () -> Void) -> Void
    /// Says something in the log.
    var complain: @Sendable (String) -> Void
}

extension Refusal {
    static let unknownSharePartition = Refusal(
        .unknownTopicOrPartition, "The share group does not read this partition.")

    /// Kafka's codes.
    init(_ fault: AcknowledgementFault) {
        switch fault {
        case .notAcquired(let offset):
            self.init(
                .invalidRecordState,
                "The record at offset \(offset) is not acquired by this member.")
        case .pastEnd(let offset):
            self.init(.invalidRequest, "Nobody has acquired the record at offset \(offset).")
        case .renewalNotAllowed:
            self.init(
                .invalidRecordState,
                "The group does not allow the renewal of acquisition locks: "
                    + "share.renew.acknowledge.enable is false.")
        }
    }
}
