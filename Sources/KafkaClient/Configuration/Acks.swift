/// Which replicas must have a batch before the broker answers.
public enum Acks: Int16, Sendable {
    /// All that are in sync.
    case all = -1
    /// None: there is no answer.
    case none = 0
    case leader = 1

    /// As Kafka's setting: `all`, `-1`, `0` or `1`.
    init?(_ text: String) {
        if text == "all" {
            self = .all
        } else if let number = Int16(text) {
            self.init(rawValue: number)
        } else {
            return nil
        }
    }

    public var name: String { self == .all ? "all" : String(rawValue) }
}
