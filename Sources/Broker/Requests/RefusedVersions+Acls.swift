import KafkaProtocol

extension DescribeAclsRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> DescribeAclsResponse {
        DescribeAclsResponse { $0.errorCode = code }
    }
}

extension CreateAclsRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> CreateAclsResponse {
        CreateAclsResponse {
            $0.results = creations.map { _ in
                CreateAclsResponse.Result { $0.errorCode = code }
            }
        }
    }
}

extension DeleteAclsRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> DeleteAclsResponse {
        DeleteAclsResponse {
            $0.filterResults = filters.map { _ in
                DeleteAclsResponse.FilterResult { $0.errorCode = code }
            }
        }
    }
}
