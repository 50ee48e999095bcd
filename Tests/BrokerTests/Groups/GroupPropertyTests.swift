import KafkaProtocol
import Testing

@testable import Broker

/// Members that do whatever they like, in any order, with any id and generation they ever heard of. What
/// must hold of the group is said so that a child could check it.
@Suite struct `A group, whatever its members do,` {
    @Test(arguments: 0..<60) func `keeps what it promises`(round: Int) {
        var random = SeededGenerator(test: "A group keeps what it promises, \(round)")
        var config = GroupConfig.quick
        config.maxSize = Bool.random(using: &random) ? 4 : 100
        var chaos = Chaos(config: config)
        for _ in 0..<400 { chaos.step(&random) }
        chaos.settle()
        if random.seed == 0 { print("settled") }
    }
}

private struct Chaos {
    private var simulated: SimulatedGroup
    private let config: GroupConfig
    /// Ids that the group gave out, dead ones included; those of static members with their instance.
    private var known: [(id: String, instance: String?)] = []
    private var joins: [WaitingRequest] = []
    private var syncs: [(WaitingRequest, member: String, generation: Int32)] = []
    private var heardOf = Set<WaitingRequest>()
    private var generation: Int32 = 0
    /// The assignment that the leader of each generation gave first.
    private var given: [Int32: [String: [UInt8]]] = [:]
    private var assignmentNumber: UInt8 = 0

    init(config: GroupConfig) {
        self.config = config
        simulated = SimulatedGroup(config: config)
    }

    mutating func step(_ random: inout SeededGenerator) {
        let member = known.randomElement(using: &random)
        let generation =
            Int.random(in: 0..<8, using: &random) == 0
            ? self.generation - 1 : simulated.group.generation
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<3:
            let instance = ["x", "y", nil, nil, nil].randomElement(using: &random) ?? nil
            joins.append(join("", instance, &random))
        case 3..<8:
            guard let member else { return }
            joins.append(join(member.id, member.instance, &random))
        case 8..<12:
            guard let member else { return }
            syncs.append((sync(member, generation), member.id, generation))
        case 12..<15:
            guard let member else { return }
            _ = simulated.heartbeat(
                member.id, instance: member.instance, generation: generation)
        case 15:
            guard let member else { return }
            _ = simulated.leave(member.id, instance: member.instance)
        case 16:
            simulated.holdsStores.toggle()
            if !simulated.holdsStores { simulated.finishStores() }
        case 17:
            simulated.finishStores(Bool.random(using: &random) ? .none : .coordinatorNotAvailable)
        default:
            simulated.advance(ms: Int64.random(in: 0...7_000, using: &random))
        }
        learn()
        check()
    }

    /// Whoever waits is answered once time passes and the disk answers: nothing hangs.
    mutating func settle() {
        simulated.holdsStores = false
        simulated.finishStores()
        simulated.advance(ms: 3_600_000)
        learn()
        check()
        #expect(simulated.group.members.isEmpty, "nobody gave a sign of life")
        #expect(simulated.timers.isEmpty)
        for join in joins { #expect(simulated.joined[join] != nil, "a join was never answered") }
        for sync in syncs { #expect(simulated.synced[sync.0] != nil, "a sync was never answered") }
    }

    private mutating func join(
        _ id: String, _ instance: String?, _ random: inout SeededGenerator
    ) -> WaitingRequest {
        simulated.join(
            id, instance: instance, sessionMs: Int32.random(in: 6_000...12_000, using: &random),
            rebalanceMs: Int32.random(in: 0...20_000, using: &random),
            protocols: [["range"], ["range", "sticky"], ["sticky", "range"], ["sticky"]]
                .randomElement(using: &random) ?? [],
            metadata: [UInt8.random(in: 0...2, using: &random)],
            version: Int16.random(in: 0...9, using: &random))
    }

    private mutating func sync(
        _ member: (id: String, instance: String?), _ generation: Int32
    ) -> WaitingRequest {
        var assignments: [String: [UInt8]] = [:]
        for id in simulated.group.members.keys {
            assignmentNumber &+= 1
            assignments[id] = [assignmentNumber]
        }
        let storedBefore = simulated.stored.count
        let request = simulated.sync(
            member.id, instance: member.instance, generation: generation,
            assignments: assignments)
        if simulated.stored.count > storedBefore, generation == simulated.group.generation {
            given[generation] = given[generation] ?? assignments
        }
        return request
    }

    /// Takes up the ids in new answers.
    private mutating func learn() {
        for (request, answer) in simulated.joined where heardOf.insert(request).inserted {
            guard answer.errorCode == .none || answer.errorCode == .memberIDRequired else {
                continue
            }
            let instance = simulated.group.members[answer.memberID]?.instanceID
            known.append((answer.memberID, instance))
        }
    }

    private mutating func check() {
        let group = simulated.group
        let members = group.members
        #expect(group.generation >= generation, "a generation only grows")
        generation = group.generation

        #expect(
            members.isEmpty ? group.leaderID == nil : members[group.leaderID ?? ""] != nil,
            "there is one leader, a member")
        for (id, member) in members { #expect(member.id == id) }
        let statics = members.values.compactMap(\.instanceID)
        #expect(Set(statics).count == statics.count, "an instance is one member")
        #expect(Set(statics) == Set(group.staticMembers.keys))
        for (instance, id) in group.staticMembers {
            #expect(members[id]?.instanceID == instance)
        }
        #expect(
            group.joiningCount == members.values.filter { $0.waitingJoin != nil }.count)
        for (name, count) in group.supporters {
            #expect(
                count
                    == members.values.filter { member in
                        member.protocols.contains { $0.name == name }
                    }.count)
        }
        if group.state == .stable || group.state == .completingRebalance {
            #expect(!members.isEmpty)
            #expect(members.count <= config.maxSize + group.staticMembers.count)
            #expect(group.protocolName != nil, "all know the assignor")
        }
        if group.state == .empty { #expect(members.isEmpty && group.protocolName == nil) }
        for member in members.values {
            let isTimed =
                simulated.timers[.session(memberID: member.id)] != nil
                || member.waitingJoin != nil || member.waitingSync != nil
            #expect(isTimed, "nobody stays for ever without a sign of life")
        }
        checkAnswers()
    }

    /// Who got an assignment got the one that the leader of that generation gave it.
    private mutating func checkAnswers() {
        syncs.removeAll { request, member, generation in
            guard let answer = simulated.synced[request] else { return false }
            if answer.errorCode == .none, let assignment = given[generation]?[member] {
                #expect(answer.assignment.array == assignment)
            }
            return true
        }
        for (request, answer) in simulated.joined where !joins.contains(request) {
            #expect(answer.errorCode != .none || answer.generationID <= generation)
        }
        joins.removeAll { simulated.joined[$0] != nil }
    }
}
