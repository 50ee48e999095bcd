// CreateAcls, versions 1–3, flexible from 2; version 0 is decoded and refused. Version 3 knows
// resources of the type user.

/// Adds ACLs.
public struct CreateAclsRequest: Request {
    public typealias Response = CreateAclsResponse
    public static var apiKey: ApiKey { .createAcls }

    public var creations: [Creation] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Creations", &creations)
    }
}

extension CreateAclsRequest {
    public struct Creation: FieldSet {
        public var resourceType = ResourceType.unknown
        public var resourceName = ""
        public var resourcePatternType = PatternType.literal
        /// `User:alice`; `User:*` is everybody.
        public var principal = ""
        /// An address; `*` is every one.
        public var host = ""
        public var operation = AclOperation.unknown
        public var permissionType = AclPermissionType.unknown

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ResourceType", &resourceType)
            try wire.field("ResourceName", &resourceName)
            try wire.field("ResourcePatternType", &resourcePatternType, from: 1)
            try wire.field("Principal", &principal)
            try wire.field("Host", &host)
            try wire.field("Operation", &operation)
            try wire.field("PermissionType", &permissionType)
        }
    }
}

/// Whether each was added, in the order of the request.
public struct CreateAclsResponse: Response {
    public static var apiKey: ApiKey { .createAcls }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var results: [Result] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("Results", &results)
    }
}

extension CreateAclsResponse {
    public struct Result: FieldSet {
        public var errorCode = ErrorCode.none
        public var errorMessage: String?

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
        }
    }
}
