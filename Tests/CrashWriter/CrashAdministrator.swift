import CommitLog

/// What a life of the administrating writer does, one after the other, for ever.
public enum CrashOperation: Equatable, Sendable {
    case create(topic: String, partitions: Int)
    case grow(topic: String, partitions: Int)
    case alter(topic: String, retentionMs: Int)
    case alterDefaults(segmentBytes: Int)
    case delete(topic: String)

    /// The operation of this life with this number, from 0.
    public init(life: Int, number: Int) {
        let cycle = number / 5
        let topic = "t\(life)-\(cycle)"
        switch number % 5 {
        case 0: self = .create(topic: topic, partitions: 2)
        case 1: self = .grow(topic: topic, partitions: 5)
        case 2: self = .alter(topic: topic, retentionMs: 1000 + cycle)
        case 3: self = .alterDefaults(segmentBytes: 10_000 + number)
        default: self = .delete(topic: topic)
        }
    }

    func perform(on directory: LogDirectory) throws(LogError) {
        switch self {
        case .create(let topic, let partitions):
            try directory.createTopic(topic, partitions: partitions)
        case .grow(let topic, let partitions):
            try directory.createPartitions(topic, to: partitions)
        case .alter(let topic, let retentionMs):
            try directory.alterConfig(topic, overrides: ["retention.ms": "\(retentionMs)"])
        case .alterDefaults(let segmentBytes):
            let defaults = ["segment.bytes": "\(segmentBytes)"]
            try directory.alterDynamicConfig(DynamicConfig(topicDefaults: defaults))
        case .delete(let topic):
            try directory.deleteTopic(topic)
        }
    }
}

/// Creates, alters and deletes topics until somebody kills it, and prints the number of each operation
/// that has returned.
enum CrashAdministrator {
    static func run(_ path: String, life: Int) -> Never {
        do throws(LogError) {
            let directory = try LogDirectory(path: path)
            for number in 0... {
                try CrashOperation(life: life, number: number).perform(on: directory)
                CrashWriter.acknowledge("\(number)\n")
            }
        } catch {
            CrashWriter.fail(error.description)
        }
        CrashWriter.fail("the numbers ended")
    }
}
