import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("The metrics of clients")
struct TelemetryStateTests {
    private static let id = TopicID(mostSignificantBits: 7, leastSignificantBits: 9)
    private static let newID = TopicID(mostSignificantBits: 1, leastSignificantBits: 2)
    private static let maximum: Int32 = 1000

    private static func subscription(_ values: [String: String]) throws -> MetricsSubscription {
        try MetricsSubscription(values)
    }

    private static var librdkafka: TelemetryClient {
        var client = TelemetryClient(clientID: "app", address: "10.0.0.1", port: 4711)
        client.software.name = "librdkafka"
        client.software.version = "2.10.1"
        return client
    }

    private static func push(
        _ response: GetTelemetrySubscriptionsResponse, isLast: Bool = false
    ) -> PushTelemetryRequest {
        var request = PushTelemetryRequest()
        request.clientInstanceID = response.clientInstanceID
        request.subscriptionID = response.subscriptionID
        request.terminating = isLast
        request.metrics = OpaqueBytes([1, 2, 3])
        return request
    }

    @Test("are asked for as all matching subscriptions together say, with the shortest interval")
    func joined() throws {
        var state = TelemetryState(maximumByteCount: Self.maximum)
        state.replace([
            "a": try Self.subscription(["metrics": "org.apache.", "interval.ms": "60000"]),
            "b": try Self.subscription([
                "metrics": "x.,y.", "interval.ms": "1000",
                "match": "client_software_name=librd.*, client_software_version=2\\..*",
            ]),
            "c": try Self.subscription(["metrics": "*", "match": "client_id=other"]),
        ])
        let answer = state.subscription(of: .none, Self.librdkafka, newID: Self.newID, nowMs: 0)
        #expect(answer.errorCode == .none && answer.clientInstanceID == Self.newID)
        #expect(answer.requestedMetrics == ["org.apache.", "x.", "y."])
        #expect(answer.pushIntervalMs == 1000 && answer.telemetryMaxBytes == Self.maximum)
        #expect(answer.acceptedCompressionTypes == [4, 3, 1, 2])
        var other = Self.librdkafka
        other.clientID = "other"
        let all = state.subscription(of: Self.id, other, newID: Self.newID, nowMs: 0)
        #expect(all.requestedMetrics == ["*"] && all.clientInstanceID == Self.id)
        #expect(all.subscriptionID != answer.subscriptionID)
    }

    @Test("are none where nothing is subscribed, and then come every five minutes")
    func none() {
        var state = TelemetryState(maximumByteCount: Self.maximum)
        let answer = state.subscription(of: .none, Self.librdkafka, newID: Self.newID, nowMs: 0)
        #expect(answer.requestedMetrics.isEmpty && answer.pushIntervalMs == 300_000)
    }

    @Test("come at the interval, early ones are refused, and none come after the last")
    func pushed() throws {
        var state = TelemetryState(maximumByteCount: Self.maximum)
        state.replace(["a": try Self.subscription(["metrics": "*", "interval.ms": "1000"])])
        func ask(_ nowMs: Int64) -> GetTelemetrySubscriptionsResponse {
            state.subscription(of: Self.id, Self.librdkafka, newID: Self.newID, nowMs: nowMs)
        }
        let told = ask(0)
        #expect(ask(10).errorCode == .throttlingQuotaExceeded)
        #expect(state.push(Self.push(told), nowMs: 20) == .none)
        #expect(state.push(Self.push(told), nowMs: 30) == .throttlingQuotaExceeded)
        #expect(state.push(Self.push(told), nowMs: 1020) == .none)
        #expect(state.push(Self.push(told, isLast: true), nowMs: 1030) == .none)
        #expect(state.push(Self.push(told), nowMs: 9000) == .invalidRequest)
        #expect(state.takeCounts() == .init(pushes: 3, byteCount: 9, refused: 3))
        #expect(state.counts == .init())
    }

    @Test("are asked for anew after a change, and by who is not known")
    func changed() throws {
        var state = TelemetryState(maximumByteCount: Self.maximum)
        state.replace(["a": try Self.subscription(["metrics": "*", "interval.ms": "1000"])])
        let told = state.subscription(of: .none, Self.librdkafka, newID: Self.id, nowMs: 0)
        state.replace(["a": try Self.subscription(["metrics": "x.", "interval.ms": "1000"])])
        #expect(state.push(Self.push(told), nowMs: 1) == .unknownSubscriptionID)
        let again = state.subscription(of: Self.id, Self.librdkafka, newID: Self.newID, nowMs: 2)
        #expect(again.errorCode == .none && again.requestedMetrics == ["x."])
        #expect(state.push(Self.push(again), nowMs: 3) == .none)
        var stranger = Self.push(again)
        stranger.clientInstanceID = Self.newID
        #expect(state.push(stranger, nowMs: 4) == .unknownSubscriptionID)
        stranger.clientInstanceID = .none
        #expect(state.push(stranger, nowMs: 4) == .invalidRequest)
    }

    @Test("are refused in a codec that there is not, or beyond their size")
    func refused() {
        var state = TelemetryState(maximumByteCount: 2)
        let told = state.subscription(of: .none, Self.librdkafka, newID: Self.id, nowMs: 0)
        #expect(state.push(Self.push(told), nowMs: 1) == .telemetryTooLarge)
        var request = Self.push(told)
        request.compressionType = 9
        #expect(state.push(request, nowMs: 1_000_000) == .unsupportedCompressionType)
    }

    @Test("keep a bound number of clients, and those are forgotten that are silent")
    func bounded() {
        var state = TelemetryState(maximumByteCount: Self.maximum)
        func add(_ number: UInt64, _ nowMs: Int64) {
            _ = state.subscription(
                of: TopicID(mostSignificantBits: number, leastSignificantBits: 1),
                Self.librdkafka, newID: Self.newID, nowMs: nowMs)
        }
        let most = TelemetryState.maximumInstanceCount
        for number in 0..<UInt64(most + 10) { add(number, 0) }
        #expect(state.instanceCount == most)
        add(UInt64(most + 20), 10_000_000)
        #expect(state.instanceCount == 1)
    }

    @Test(
        "have subscriptions that are checked",
        arguments: [
            ["no": "x"], ["interval.ms": "99"], ["interval.ms": "x"], ["match": "nobody=x"],
            ["match": "client_id"], ["match": "client_id=("], ["match": "client_id=a=b"],
        ])
    func settings(values: [String: String]) {
        #expect(throws: Refusal.self) { _ = try MetricsSubscription(values) }
    }

    /// A field of protobuf with bytes.
    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }

    private static func summary(_ bytes: [UInt8]) -> MetricsSummary? {
        unsafe MetricsSummary(bytes.span.bytes)
    }

    @Test("are read for their names alone, and rubbish is not")
    func summary() {
        let metric = Self.field(1, Array("cpu".utf8)) + Self.field(3, Array("unit".utf8))
        let scope =
            [8, 5] + Self.field(2, metric) + Self.field(2, Self.field(1, Array("mem".utf8)))
        let data = Self.field(1, Self.field(2, scope))
        let summary = Self.summary(data)
        #expect(summary?.metricCount == 2 && summary?.names == ["cpu", "mem"])
        for count in 1..<data.count {
            let cut = Array(data.prefix(count))
            #expect(Self.summary(cut) == nil, "\(count)")
        }
        for wrong in [[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff], [0x0b], [0xff], [0x09, 1]] as [[UInt8]]
        {
            #expect(Self.summary(wrong) == nil)
        }
    }
}
