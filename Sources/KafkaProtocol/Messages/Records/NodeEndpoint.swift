/// The address of a broker that leads a partition of a Produce or Fetch response (KIP-951).
public struct NodeEndpoint: FieldSet {
    public var nodeID: Int32 = 0
    public var host = ""
    public var port: Int32 = 0
    public var rack: String?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("NodeId", &nodeID)
        try wire.field("Host", &host)
        try wire.field("Port", &port)
        try wire.field("Rack", &rack)
    }
}
