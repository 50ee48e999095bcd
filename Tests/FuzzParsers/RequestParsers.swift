import CommitLog
import Foundation
import KafkaProtocol
import Logging
import RecordFormat

@testable import Broker

/// What clients that are let in send, as far as the broker looks into it. `FuzzRequests` has the decoding alone.
let requestParsers: [Parser] = [
    Parser(name: "heartbeats") { bytes in
        var group = ReconciledGroup(id: "g", config: GroupConfig())
        var turn: Int64 = 0
        for body in chunks(bytes) {
            turn += 1
            guard
                let request = decoded(
                    ConsumerGroupHeartbeatRequest.self, .consumerGroupHeartbeat, body),
                (try? ConsumerGroupHeartbeatHandler.validate(
                    request, namesItself: true, group.config)) != nil
            else { continue }
            let due = group.patternsToResolve(
                for: request, topicChangeCount: 1, nowMs: turn * GroupConfig.shortestRegexRefreshMs)
            var resolutions: [String: ReconciledGroup.Resolution] = [:]
            for text in due {
                var allowance = 1_000_000
                guard let pattern = try? TopicPattern(text),
                    let topics = pattern.matches(among: names, allowance: &allowance)
                else { continue }
                resolutions[text] = ReconciledGroup.Resolution(
                    topics: topics, topicChangeCount: 1, timestampMs: turn)
            }
            let known = KnownTopics(changeCount: 1, resolutions: resolutions) { topics[$0] }
            let event = ConsumerHeartbeat(
                request: request, clientID: "c", clientHost: "/h", newMemberID: "new")
            _ = try? group.heartbeat(event, topics: known)
            _ = group.takeRecords()
            _ = group.takeActions()
        }
        precondition(group.members.values.allSatisfy { !$0.id.isEmpty })
    },
    Parser(name: "pattern", seed: "^(orders|audit)[-_.]([a-z0-9]{1,3}|\\w+?)$") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard let pattern = try? TopicPattern(text) else { return }
        precondition(pattern.program.count <= TopicPattern.maximumStateCount + 1)
        var allowance = 1_000_000
        _ = pattern.matches(among: names, allowance: &allowance)
    },
    // A byte for the codec, and the metrics.
    Parser(name: "telemetry", seed: "\0\n\u{8}\u{12}\u{6}\u{12}\u{4}\n\u{2}ab") { bytes in
        guard let codec = bytes.first else { return }
        let client = TelemetryClient(clientID: "c", address: "h")
        let subscription = telemetry.subscription(of: .none, client)
        var push = PushTelemetryRequest()
        push.clientInstanceID = subscription.clientInstanceID
        push.subscriptionID = subscription.subscriptionID
        push.compressionType = Int8(bitPattern: codec)
        push.metrics = OpaqueBytes(Array(bytes.dropFirst()))
        _ = telemetry.push(push)
    },
    Parser(name: "client-quotas") { bytes in
        guard let request = decoded(AlterClientQuotasRequest.self, .alterClientQuotas, bytes) else {
            return
        }
        var table = QuotaTable()
        for entry in request.entries {
            guard let entity = try? QuotaEntity(entry.entity),
                let values = try? table.values(of: entity, after: entry.ops)
            else { continue }
            table[entity] = values
            _ = table.limit(of: .producerByteRate, user: "a", clientID: "b")
            _ = table.connectionRate(of: "127.0.0.1")
        }
        // It is taken as it is after a restart, too.
        precondition(QuotaTable(table.quotas).quotas == table.quotas)
    },
    Parser(name: "acls") { bytes in
        guard let request = decoded(CreateAclsRequest.self, .createAcls, bytes) else { return }
        var acls: Set<Acl> = []
        for asked in request.creations {
            let acl = Acl(
                resourceType: asked.resourceType, patternType: asked.resourcePatternType,
                resourceName: asked.resourceName, principal: asked.principal, host: asked.host,
                operation: asked.operation, permissionType: asked.permissionType)
            guard (try? acl.validate()) != nil else { continue }
            precondition(acl.isKnown && Acl(acl.entry) == acl)
            acls.insert(acl)
        }
        let rules = AclRules(acls)
        for acl in acls {
            guard let principal = Principal(acl.principal), acl.host == Acl.wildcard,
                acl.operation != .all
            else { continue }
            // As its own principal would ask, at the very name: it must be found.
            let finding = rules.finding(
                acl.operation, on: acl.resourceType, acl.resourceName,
                by: AclClient(principal: principal, host: "127.0.0.1"))
            let holds =
                finding.isDenied || acl.permissionType == .allow && finding.isAllowed
            precondition(holds, "an ACL does not hold: \(acl)")
        }
    },
]

let names = ["orders", "orders-1", "audit.log", "a", "__consumer_offsets", "x_y-z.0"]

let topics: [String: ReconciledGroup.Topic] = {
    var topics: [String: ReconciledGroup.Topic] = [:]
    for (index, name) in names.enumerated() {
        let id = TopicID(mostSignificantBits: 1, leastSignificantBits: UInt64(index))
        topics[name] = ReconciledGroup.Topic(id: id, partitionCount: Int32(index + 1))
    }
    return topics
}()

private let telemetry: ClientTelemetry = {
    var config = BrokerConfig()
    config.clientMetrics = .log
    let logger = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }
    let folder = FileManager.default.temporaryDirectory.path
    guard
        let telemetry = try? ClientTelemetry(directory: folder, config: config, logger: logger),
        (try? telemetry.replace("s", with: ["metrics": "*"], validateOnly: true)) != nil
    else { preconditionFailure("there is no telemetry") }
    return telemetry
}()
