import KafkaProtocol
import RecordFormat

// DescribeShareGroupOffsets, versions 0–1. As in Kafka, a partition that the group has not read from, or that there is
// not, has offset −1 and no error, and so has one of a group that is not there, or whose state cannot be told; of all
// topics those are left out that the client may not describe. While the states are being read at the start a group is
// answered with COORDINATOR_LOAD_IN_PROGRESS, where Kafka waits for a moment and then says −1.

struct DescribeShareGroupOffsetsHandler: RequestHandler {
    let groups: GroupCoordinator

    func handle(
        _ request: DescribeShareGroupOffsetsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeShareGroupOffsetsResponse>
    ) {
        let asked = request.groups
        let allowed = asked.map { context.allows(.group, $0.groupID) }
        let denied = context.deniedTopics(
            zip(asked, allowed).filter(\.1).flatMap { $0.0.topics ?? [] }.map(\.topicName))
        let known = zip(asked, allowed).filter(\.1).map { group, _ in
            var group = group
            group.topics?.removeAll { denied.contains($0.topicName) }
            return group
        }
        groups.describeShareOffsets(known) {
            context.allows(.topic, $0, logs: false)
        } _: { described in
            let size = described.reduce(asked.count) { size, group in
                group.topics.reduce(size) { $0 + 1 + $1.partitions.count }
            }
            reply(isLarge: size > 200) {
                var described = described[...]
                var response = DescribeShareGroupOffsetsResponse()
                response.groups = zip(asked, allowed).map { asked, isAllowed in
                    var group = DescribeShareGroupOffsetsResponse.Group()
                    group.groupID = asked.groupID
                    group.errorCode = .groupAuthorizationFailed
                    guard isAllowed, var group = described.popFirst() else { return group }
                    if group.errorCode == .none {
                        group.topics += (asked.topics ?? [])
                            .filter { denied.contains($0.topicName) }.map(Self.denied)
                    }
                    return group
                }
                return response
            }
        }
    }

    private static func denied(
        _ asked: DescribeShareGroupOffsetsRequest.Topic
    ) -> DescribeShareGroupOffsetsResponse.Topic {
        var topic = DescribeShareGroupOffsetsResponse.Topic()
        topic.topicName = asked.topicName
        topic.partitions = asked.partitions.map { index in
            var partition = DescribeShareGroupOffsetsResponse.Partition()
            partition.partitionIndex = index
            partition.startOffset = Offset(-1)
            partition.errorCode = .topicAuthorizationFailed
            return partition
        }
        return topic
    }
}
