/// Members of a share group that are not this run's, as far as they were seen, or else a sign that there may have been some.
public struct OtherMembers: Equatable, Sendable {
    public var count: Int
    /// Of one of them.
    public var clientID: String
    public var clientHost: String

    public init(count: Int, clientID: String, clientHost: String) {
        self.count = count
        self.clientID = clientID
        self.clientHost = clientHost
    }

    /// Nobody was seen, but the group has changed as it does where a member comes and goes.
    static let unseen = OtherMembers(count: 0, clientID: "", clientHost: "")

    /// `2, such as orders at /10.0.0.7`.
    var text: String { "\(count), such as \(clientID) at \(clientHost)" }
}
