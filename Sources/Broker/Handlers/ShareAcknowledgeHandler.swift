// ShareAcknowledge, versions 1–2 (KIP-932). The answer comes once what was acknowledged is as durable as the flush
// policy promises. A partition's acknowledgements are taken all or none. There is no other broker to lead a partition.

import KafkaProtocol

struct ShareAcknowledgeHandler: RequestHandler {
    let sharing: Sharing

    func handle(
        _ request: ShareAcknowledgeRequest, _ context: RequestContext,
        _ reply: Reply<ShareAcknowledgeResponse>
    ) {
        let (group, member) = (request.groupID ?? "", request.memberID ?? "")
        do throws(Refusal) {
            if let refusal = Refusal.ofShareRequest(
                group: request.groupID, member: request.memberID, context)
            {
                throw refusal
            }
            let key = ShareSessions.Key(group: group, member: member)
            guard request.shareSessionEpoch != ShareSessions.initialEpoch else {
                throw Refusal(
                    .invalidShareSessionEpoch, "Only a ShareFetch opens a share session.")
            }
            let turn = try sharing.sessions.advance(key, epoch: request.shareSessionEpoch)
            let acknowledged = ShareAcknowledgements(
                request.topics, group: group, holder: turn.holder,
                takesRenewals: request.isRenewAck, sharing, context)
            let isFinal = request.shareSessionEpoch == ShareSessions.finalEpoch
            sharing.flush(acknowledged.written) { [sharing] failure in
                var acknowledged = acknowledged
                if let failure { acknowledged.fail(failure) }
                if isFinal, let ended = sharing.sessions.close(key) { sharing.release([ended]) }
                reply(
                    Self.response(
                        acknowledged, lockMs: sharing.groups.shareLimits(of: group).lockMs))
            }
        } catch {
            var response = ShareAcknowledgeResponse()
            response.errorCode = error.code
            response.errorMessage = error.message
            reply(response)
        }
    }

    private static func response(
        _ acknowledged: ShareAcknowledgements, lockMs: Int64
    ) -> ShareAcknowledgeResponse {
        var response = ShareAcknowledgeResponse()
        response.acquisitionLockTimeoutMs = Int32(clamping: lockMs)
        for (place, refusal) in acknowledged.outcomes {
            var partition = ShareAcknowledgeResponse.Partition()
            partition.partitionIndex = place.partition
            partition.errorCode = refusal?.code ?? .none
            partition.errorMessage = refusal?.message
            if response.responses.last?.topicID != place.topicID {
                var topic = ShareAcknowledgeResponse.Topic()
                topic.topicID = place.topicID
                response.responses.append(topic)
            }
            response.responses[response.responses.count - 1].partitions.append(partition)
        }
        return response
    }
}
