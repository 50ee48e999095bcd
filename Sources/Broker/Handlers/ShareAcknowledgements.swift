import CommitLog
import KafkaProtocol
import RecordFormat

/// The acknowledgements of a request, with or without a fetch, and what came of them.
struct ShareAcknowledgements: Sendable {
    /// In order of the request: nil where they were taken.
    private(set) var outcomes: [(place: TopicIDPartition, refusal: Refusal?)] = []
    /// What must be flushed before the client may be told.
    private(set) var written: [SharePartition.Written] = []

    /// Nobody has acknowledged anything.
    init() {}

    /// Takes the acknowledgements of partitions, each as a whole.
    ///
    /// - Parameter takesRenewals: the request says that there are some.
    init(
        _ topics: [ShareFetchRequest.Topic], group: String, holder: ShareHolder,
        takesRenewals: Bool, _ sharing: Sharing, _ context: RequestContext
    ) {
        let limits = sharing.groups.shareLimits(of: group)
        var denials: [TopicID: Refusal?] = [:]
        for (place, batches) in Self.lastBatches(in: topics) {
            do throws(Refusal) {
                let denial =
                    denials[place.topicID] ?? Self.denial(of: place.topicID, sharing, context)
                denials[place.topicID] = denial
                if let denial { throw denial }
                let acknowledgements = try Self.acknowledgements(
                    in: batches, takesRenewals: takesRenewals)
                guard let known = sharing.partitions.find([place], of: group)[0] else {
                    throw .unknownSharePartition
                }
                written.append(try known.acknowledge(acknowledgements, by: holder, limits))
                outcomes.append((place, nil))
            } catch {
                outcomes.append((place, error))
            }
        }
    }

    /// Of a partition that is named more than once the last acknowledgements count, as in Kafka: one outcome is
    /// told of each.
    private static func lastBatches(
        in topics: [ShareFetchRequest.Topic]
    ) -> [(place: TopicIDPartition, batches: [ShareAcknowledgementBatch])] {
        var all: [(place: TopicIDPartition, batches: [ShareAcknowledgementBatch])] = []
        var indices: [TopicIDPartition: Int] = [:]
        for topic in topics {
            for partition in topic.partitions where !partition.acknowledgementBatches.isEmpty {
                let place = TopicIDPartition(
                    topicID: topic.topicID, partition: partition.partitionIndex)
                if let index = indices[place] {
                    all[index].batches = partition.acknowledgementBatches
                } else {
                    indices[place] = all.count
                    all.append((place, partition.acknowledgementBatches))
                }
            }
        }
        return all
    }

    /// What was written could not be made durable: nobody knows what a restart will find.
    mutating func fail(_ error: LogError) {
        for index in outcomes.indices where outcomes[index].refusal == nil {
            outcomes[index].refusal = Refusal(.kafkaStorageError, error.description)
        }
    }

    private static func denial(
        of topicID: TopicID, _ sharing: Sharing, _ context: RequestContext
    ) -> Refusal? {
        guard let name = sharing.partitions.log.topicName(of: topicID) else {
            return .unknownTopicID
        }
        return context.allows(.topic, name) ? nil : .topicDenied
    }

    /// Checks what a client sends, as Kafka does; offsets that are acknowledged alike become one piece.
    static func acknowledgements(
        in batches: [ShareAcknowledgementBatch], takesRenewals: Bool
    ) throws(Refusal) -> [Acknowledgement] {
        var pieces: [Acknowledgement] = []
        var previous: Int64 = -1
        for batch in batches {
            let (first, last) = (batch.firstOffset.rawValue, batch.lastOffset.rawValue)
            let types = batch.acknowledgeTypes
            guard first >= 0, first <= last, last < .max, first > previous, !types.isEmpty,
                types.count == 1 || Int64(types.count) - 1 == last - first
            else {
                throw Refusal(
                    .invalidRequest,
                    "Acknowledgements must be in order of offsets, with one type for all offsets of a "
                        + "batch or one for each.")
            }
            for (index, number) in types.enumerated() {
                guard let type = AcknowledgeType(rawValue: number),
                    type != .renew || takesRenewals
                else {
                    throw Refusal(
                        .invalidRequest, "There is no acknowledgement of type \(number) here.")
                }
                let offset = first + Int64(index)
                let end = types.count == 1 ? last : offset
                if index > 0, pieces[pieces.count - 1].type == type {
                    pieces[pieces.count - 1].last = end
                } else {
                    pieces.append(Acknowledgement(first: offset, last: end, type: type))
                }
            }
            previous = last
        }
        return pieces
    }
}

extension Refusal {
    /// Why a request of a share group is not looked at; nil where it is.
    static func ofShareRequest(
        group: String?, member: String?, _ context: RequestContext
    ) -> Refusal? {
        guard let group, !group.isEmpty else {
            return Refusal(.invalidRequest, "Invalid group id in the request.")
        }
        guard context.allows(.group, group) else {
            return Refusal(.groupAuthorizationFailed, "Group authorization failed.")
        }
        guard let member, !member.isEmpty, member.utf16.count <= longestMemberID else {
            return Refusal(.invalidRequest, "Invalid member id in the request.")
        }
        return nil
    }

    /// Kafka's bound, in UTF-16 units: a UUID's text.
    private static var longestMemberID: Int { 36 }
}
