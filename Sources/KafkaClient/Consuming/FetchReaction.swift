import KafkaProtocol

/// What a consumer does about the error code of a partition in the answer to a Fetch, ShareFetch, ListOffsets
/// or OffsetForLeaderEpoch: as Kafka's own consumer, in one table.
enum FetchReaction: Hashable, Sendable {
    case proceed
    /// Another broker leads, or none for now: the metadata is asked for again, and then that one.
    case refreshMetadata
    /// The same again, after a pause.
    case retry
    /// The log does not have the position: by `auto.offset.reset`.
    case resetOffset
    /// It would fail again.
    case fail

    init(_ code: ErrorCode, of api: ApiKey) {
        self =
            switch code {
            case .none: .proceed
            case .offsetOutOfRange where api == .fetch: .resetOffset
            // Every client that checks would find the same damage.
            case .corruptMessage: .fail
            case .unknownServerError, .unknownLeaderEpoch: .retry
            default: code.isRetriable ? .refreshMetadata : .fail
            }
    }
}
