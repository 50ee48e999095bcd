import KafkaProtocol

/// Why a heartbeat, or another request about a group of members that the broker assigns partitions to, is refused.
struct GroupRefusal: Error, Equatable {
    var code: ErrorCode
    var message: String

    init(_ code: ErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// An answer that says of the whole request why it is refused.
protocol RefusableResponse {
    var errorCode: ErrorCode { get set }
    var errorMessage: String? { get set }

    init()
}

extension RefusableResponse {
    static func failure(_ refusal: GroupRefusal) -> Self {
        var response = Self()
        response.errorCode = refusal.code
        response.errorMessage = refusal.message.isEmpty ? nil : refusal.message
        return response
    }
}

extension ConsumerGroupHeartbeatResponse: RefusableResponse {}
extension ShareGroupHeartbeatResponse: RefusableResponse {}
extension AlterShareGroupOffsetsResponse: RefusableResponse {}
extension DeleteShareGroupOffsetsResponse: RefusableResponse {}
