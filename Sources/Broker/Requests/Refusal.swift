import CommitLog
import KafkaProtocol

/// Why a part of an administrative request is not done: Kafka's code and a sentence for the client.
struct Refusal: Error, Equatable {
    var code: ErrorCode
    var message: String

    init(_ code: ErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }

    init(_ error: LogError) {
        code = ErrorCode(error)
        message = error.description
    }

    static let busy = Refusal(
        .requestTimedOut, "Too many administrative requests wait for their turn: try again.")

    static let duplicateTopic = Refusal(.invalidRequest, "Duplicate topic name.")

    static let unknownTopicID = Refusal(.unknownTopicID, "There is no topic with this id.")

    static func unknownTopic(_ name: String) -> Refusal {
        Refusal(.unknownTopicOrPartition, "There is no topic '\(name)'.")
    }
}
