// DescribeUserScramCredentials, version 0. As in Kafka, a user that is named twice gets DUPLICATE_RESOURCE, one
// without credentials RESOURCE_NOT_FOUND, and no secret is told.

import KafkaProtocol
import Security

struct DescribeUserScramCredentialsHandler: RequestHandler {
    let credentials: ScramCredentials

    func handle(
        _ request: DescribeUserScramCredentialsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeUserScramCredentialsResponse>
    ) {
        guard context.allowsCluster() else {
            var response = DescribeUserScramCredentialsResponse()
            response.errorCode = .clusterAuthorizationFailed
            response.errorMessage = Refusal.clusterDenied.message
            return reply(response)
        }
        let all = credentials.all
        let asked = (request.users ?? []).map(\.name)
        let names = asked.isEmpty ? all.keys.sorted() : asked
        let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
        var response = DescribeUserScramCredentialsResponse()
        var seen: Set<String> = []
        for name in names where seen.insert(name).inserted {
            var result = DescribeUserScramCredentialsResponse.Result()
            result.user = name
            if counts[name] != 1 {
                result.errorCode = .duplicateResource
                result.errorMessage = "Each user may be named once."
            } else if let credentials = all[name] {
                result.credentialInfos = credentials.sorted { $0.key.rawValue < $1.key.rawValue }
                    .map { mechanism, credential in
                        var info = DescribeUserScramCredentialsResponse.CredentialInfo()
                        info.mechanism = mechanism.scramNumber
                        info.iterations = credential.iterations
                        return info
                    }
            } else {
                result.errorCode = .resourceNotFound
                result.errorMessage = "The user has no credentials of SCRAM."
            }
            response.results.append(result)
        }
        reply(response)
    }
}

extension SaslMechanism {
    /// Kafka's number of it in requests; 0 for one that is not SCRAM.
    var scramNumber: Int8 {
        switch self {
        case .plain, .oauthBearer: 0
        case .scramSHA256: 1
        case .scramSHA512: 2
        }
    }

    init?(scramNumber: Int8) {
        guard scramNumber > 0,
            let mechanism = Self.allCases.first(where: { $0.scramNumber == scramNumber })
        else { return nil }
        self = mechanism
    }
}
