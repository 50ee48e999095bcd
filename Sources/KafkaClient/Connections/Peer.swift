/// A broker as the client knows it, for errors and logs.
public struct Peer: Hashable, Sendable {
    public var address: BrokerAddress
    /// The broker's id where the cluster advertises the address; nil for one of `bootstrap.servers`.
    public var nodeID: Int32?

    public init(address: BrokerAddress, nodeID: Int32? = nil) {
        self.address = address
        self.nodeID = nodeID
    }
}

extension Peer: CustomStringConvertible {
    public var description: String {
        nodeID.map { "broker \($0) at \(address)" } ?? "\(address)"
    }
}
