// DescribeAcls, versions 1–3, flexible from 2; version 0 is decoded and refused. Version 3 knows
// resources of the type user.

/// Asks for the ACLs that match a filter.
public struct DescribeAclsRequest: Request {
    public typealias Response = DescribeAclsResponse
    public static var apiKey: ApiKey { .describeAcls }

    public var resourceTypeFilter = ResourceType.unknown
    /// Nil for every name.
    public var resourceNameFilter: String?
    public var patternTypeFilter = PatternType.literal
    /// Nil for every principal.
    public var principalFilter: String?
    /// Nil for every host.
    public var hostFilter: String?
    public var operation = AclOperation.unknown
    public var permissionType = AclPermissionType.unknown

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ResourceTypeFilter", &resourceTypeFilter)
        try wire.field("ResourceNameFilter", &resourceNameFilter)
        try wire.field("PatternTypeFilter", &patternTypeFilter, from: 1)
        try wire.field("PrincipalFilter", &principalFilter)
        try wire.field("HostFilter", &hostFilter)
        try wire.field("Operation", &operation)
        try wire.field("PermissionType", &permissionType)
    }
}

/// The ACLs, by the pattern of the resources that they are about.
public struct DescribeAclsResponse: Response {
    public static var apiKey: ApiKey { .describeAcls }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var errorMessage: String?
    public var resources: [Resource] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ErrorMessage", &errorMessage)
        try wire.field("Resources", &resources)
    }
}

extension DescribeAclsResponse {
    public struct Resource: FieldSet {
        public var resourceType = ResourceType.unknown
        public var resourceName = ""
        public var patternType = PatternType.literal
        public var acls: [Description] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ResourceType", &resourceType)
            try wire.field("ResourceName", &resourceName)
            try wire.field("PatternType", &patternType, from: 1)
            try wire.field("Acls", &acls)
        }
    }

    public struct Description: FieldSet {
        public var principal = ""
        public var host = ""
        public var operation = AclOperation.unknown
        public var permissionType = AclPermissionType.unknown

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Principal", &principal)
            try wire.field("Host", &host)
            try wire.field("Operation", &operation)
            try wire.field("PermissionType", &permissionType)
        }
    }
}
