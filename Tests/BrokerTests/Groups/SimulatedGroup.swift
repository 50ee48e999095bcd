import KafkaProtocol
import Testing

@testable import Broker

/// A `ConsumerGroup` with the world around it: a clock that the test turns, timers, and the answers that
/// came. Every request must be answered once.
struct SimulatedGroup {
    var group: ConsumerGroup
    private(set) var nowMs: Int64 = 1_700_000_000_000
    private(set) var timers: [GroupTimer: Int64] = [:]
    private(set) var joined: [WaitingRequest: JoinGroupResponse] = [:]
    private(set) var synced: [WaitingRequest: SyncGroupResponse] = [:]
    /// What was written to the topic, in order.
    private(set) var stored: [GroupMetadataValue] = []
    /// Tickets wait for `finishStores` instead of coming back at once.
    var holdsStores = false
    private var held: [GroupStoreTicket] = []
    private var lastRequest: UInt64 = 0
    private var lastMember = 0

    init(config: GroupConfig = .quick) {
        group = ConsumerGroup(id: "group", config: config, nowMs: nowMs)
    }

    /// A group read back from what another one stored.
    init(restoring value: GroupMetadataValue, config: GroupConfig = .quick) {
        group = ConsumerGroup(id: "group", config: config, stored: value, nowMs: nowMs)
        group.didLoad(nowMs: nowMs)
        perform()
    }

    mutating func join(
        _ memberID: String = "", instance: String? = nil, client: String = "client",
        sessionMs: Int32 = 10_000, rebalanceMs: Int32 = 60_000, type: String = "consumer",
        protocols: [String] = ["range"], metadata: [UInt8] = [], version: Int16 = 9
    ) -> WaitingRequest {
        var event = JoinEvent(
            memberID: memberID, instanceID: instance, clientID: client, clientHost: "/127.0.0.1",
            sessionTimeoutMs: sessionMs, rebalanceTimeoutMs: rebalanceMs, protocolType: type,
            protocols: protocols.map {
                var named = JoinGroupRequest.GroupProtocol()
                named.name = $0
                named.metadata = OpaqueBytes(metadata)
                return named
            }, requiresKnownMemberID: version >= 4, canSkipAssignment: version >= 9)
        event.request = nextRequest()
        lastMember += 1
        event.newMemberID = "\(instance ?? client)-\(lastMember)"
        group.join(event, nowMs: nowMs)
        perform()
        return event.request
    }

    /// A dynamic member's two requests; returns its id and the second.
    mutating func joinNamed(
        rebalanceMs: Int32 = 60_000, protocols: [String] = ["range"], metadata: [UInt8] = []
    ) -> (id: String, request: WaitingRequest) {
        let first = join(rebalanceMs: rebalanceMs, protocols: protocols, metadata: metadata)
        let id = joined[first]?.memberID ?? ""
        return (
            id, join(id, rebalanceMs: rebalanceMs, protocols: protocols, metadata: metadata)
        )
    }

    mutating func sync(
        _ memberID: String, instance: String? = nil, generation: Int32? = nil,
        assignments: [String: [UInt8]] = [:], protocolName: String? = nil
    ) -> WaitingRequest {
        let event = SyncEvent(
            request: nextRequest(), generation: generation ?? group.generation,
            memberID: memberID, instanceID: instance, protocolType: nil,
            protocolName: protocolName, assignments: assignments)
        group.sync(event, nowMs: nowMs)
        perform()
        return event.request
    }

    mutating func heartbeat(
        _ memberID: String, instance: String? = nil, generation: Int32? = nil
    ) -> ErrorCode {
        defer { perform() }
        return group.heartbeat(
            memberID: memberID, instanceID: instance, generation: generation ?? group.generation,
            nowMs: nowMs)
    }

    mutating func leave(_ memberID: String, instance: String? = nil) -> ErrorCode {
        defer { perform() }
        return group.leave(memberID: memberID, instanceID: instance, nowMs: nowMs)
    }

    mutating func validateCommit(
        _ memberID: String = "", instance: String? = nil, generation: Int32 = -1,
        isTransactional: Bool = false
    ) -> ErrorCode? {
        defer { perform() }
        return group.validateCommit(
            memberID: memberID, instanceID: instance, generation: generation,
            isTransactional: isTransactional)
    }

    /// Lets time pass, and timers fire in their order.
    mutating func advance(ms: Int64) {
        let end = nowMs + ms
        while let next = timers.min(by: { ($0.value, "\($0.key)") < ($1.value, "\($1.key)") }),
            next.value <= end
        {
            nowMs = max(nowMs, next.value)
            timers[next.key] = nil
            group.timerFired(next.key, nowMs: nowMs)
            perform()
        }
        nowMs = end
    }

    mutating func finishStores(_ error: ErrorCode = .none) {
        let tickets = held
        held = []
        for ticket in tickets {
            group.didStore(ticket, error: error, nowMs: nowMs)
            perform()
        }
    }

    /// A stable group of `count` dynamic members whose leader gave each its own number.
    mutating func stabilize(_ count: Int) -> [String] {
        let members = (0..<count).map { _ in joinNamed() }
        advance(ms: 2 * Int64(group.config.initialRebalanceDelayMs))
        let ids = members.map(\.id)
        let assignments = Dictionary(
            uniqueKeysWithValues: ids.enumerated().map { ($1, [UInt8($0)]) })
        for id in ids { _ = sync(id, assignments: group.isLeader(id) ? assignments : [:]) }
        return ids
    }

    private mutating func nextRequest() -> WaitingRequest {
        lastRequest += 1
        return WaitingRequest(rawValue: lastRequest)
    }

    private mutating func perform() {
        while group.hasActions {
            for action in group.takeActions() {
                switch action {
                case .answerJoin(let request, let response):
                    #expect(joined.updateValue(response, forKey: request) == nil)
                case .answerSync(let request, let response):
                    #expect(synced.updateValue(response, forKey: request) == nil)
                case .setTimer(let timer, let afterMs):
                    timers[timer] = nowMs + afterMs
                case .cancelTimer(let timer):
                    timers[timer] = nil
                case .store(let value, let ticket):
                    stored.append(value)
                    if holdsStores {
                        held.append(ticket)
                    } else {
                        group.didStore(ticket, error: .none, nowMs: nowMs)
                    }
                }
            }
        }
    }
}

extension GroupConfig {
    static var quick: GroupConfig {
        var config = GroupConfig()
        config.initialRebalanceDelayMs = 3_000
        return config
    }

    static func limited(to size: Int) -> GroupConfig {
        var config = quick
        config.maxSize = size
        return config
    }
}
