/// One part of whom a quota is for: a user, a client id or an address.
public struct ClientQuotaEntityPart: FieldSet {
    /// `user`, `client-id` or `ip`.
    public var entityType = ""
    /// Nil for the default of its type.
    public var entityName: String?

    public init() {}

    public init(entityType: String, entityName: String?) {
        self.entityType = entityType
        self.entityName = entityName
    }

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("EntityType", &entityType)
        try wire.field("EntityName", &entityName, nullableFrom: 0)
    }
}
