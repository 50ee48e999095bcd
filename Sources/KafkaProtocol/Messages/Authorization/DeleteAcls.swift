// DeleteAcls, versions 1–3, flexible from 2; version 0 is decoded and refused. Version 3 knows
// resources of the type user.

/// Takes away the ACLs that match filters.
public struct DeleteAclsRequest: Request {
    public typealias Response = DeleteAclsResponse
    public static var apiKey: ApiKey { .deleteAcls }

    public var filters: [Filter] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Filters", &filters)
    }
}

extension DeleteAclsRequest {
    public struct Filter: FieldSet {
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
}

/// What each filter has taken away, in the order of the request.
public struct DeleteAclsResponse: Response {
    public static var apiKey: ApiKey { .deleteAcls }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var filterResults: [FilterResult] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("FilterResults", &filterResults)
    }
}

extension DeleteAclsResponse {
    public struct FilterResult: FieldSet {
        public var errorCode = ErrorCode.none
        public var errorMessage: String?
        public var matchingAcls: [MatchingAcl] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
            try wire.field("MatchingAcls", &matchingAcls)
        }
    }

    public struct MatchingAcl: FieldSet {
        public var errorCode = ErrorCode.none
        public var errorMessage: String?
        public var resourceType = ResourceType.unknown
        public var resourceName = ""
        public var patternType = PatternType.literal
        public var principal = ""
        public var host = ""
        public var operation = AclOperation.unknown
        public var permissionType = AclPermissionType.unknown

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
            try wire.field("ResourceType", &resourceType)
            try wire.field("ResourceName", &resourceName)
            try wire.field("PatternType", &patternType, from: 1)
            try wire.field("Principal", &principal)
            try wire.field("Host", &host)
            try wire.field("Operation", &operation)
            try wire.field("PermissionType", &permissionType)
        }
    }
}
