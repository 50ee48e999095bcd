// AlterUserScramCredentials, version 0. As in Kafka, a user that is named twice with one mechanism gets
// DUPLICATE_RESOURCE, and where one of a user's changes is refused none of them is made. Where some listener asks who
// its clients are, those of whom nobody knows it change no users, at whichever listener: they could log in with them.

import CommitLog
import KafkaProtocol
import Security

struct AlterUserScramCredentialsHandler: RequestHandler {
    private static let longestName = 255
    /// A salt is random bytes, and a salted password the hash's size.
    private static let saltByteCount = 1...1024

    let credentials: ScramCredentials
    let control: ControlThread
    /// Whether clients without a name may change users.
    let takesFromStrangers: Bool

    func handle(
        _ request: AlterUserScramCredentialsRequest, _ context: RequestContext,
        _ reply: Reply<AlterUserScramCredentialsResponse>
    ) {
        guard takesFromStrangers || context.principal != .anonymous else {
            let refusal = Refusal(
                .clusterAuthorizationFailed,
                "Who changes users has to log in, as any listener asks for it.")
            return reply(response(names(request).map { ($0, refusal) }))
        }
        guard context.allowsCluster() else {
            return reply(response(names(request).map { ($0, .clusterDenied) }))
        }
        control.answer(reply) { refusal in
            response(names(request).map { ($0, refusal) })
        } with: {
            alter(request)
        }
    }

    private func names(_ request: AlterUserScramCredentialsRequest) -> [String] {
        var seen: Set<String> = []
        return (request.deletions.map(\.name) + request.upsertions.map(\.name)).filter {
            seen.insert($0).inserted
        }
    }

    private func alter(
        _ request: AlterUserScramCredentialsRequest
    ) -> AlterUserScramCredentialsResponse {
        let refusals = refusals(request)
        let names = names(request)
        do throws(LogError) {
            if refusals.count < names.count {
                try credentials.alter { users in
                    for deletion in request.deletions where refusals[deletion.name] == nil {
                        guard let mechanism = SaslMechanism(scramNumber: deletion.mechanism) else {
                            continue
                        }
                        users[deletion.name]?[mechanism] = nil
                        if users[deletion.name]?.isEmpty == true { users[deletion.name] = nil }
                    }
                    for upsertion in request.upsertions where refusals[upsertion.name] == nil {
                        guard let mechanism = SaslMechanism(scramNumber: upsertion.mechanism),
                            let algorithm = mechanism.scram
                        else { continue }
                        users[upsertion.name, default: [:]][mechanism] = ScramCredential(
                            algorithm, saltedPassword: upsertion.saltedPassword.array,
                            salt: upsertion.salt.array, iterations: upsertion.iterations)
                    }
                }
            }
        } catch {
            let refusal = Refusal(error)
            return response(names.map { ($0, refusals[$0] ?? refusal) })
        }
        return response(names.map { ($0, refusals[$0]) })
    }

    /// By user; of several the first.
    private func refusals(_ request: AlterUserScramCredentialsRequest) -> [String: Refusal] {
        var refusals: [String: Refusal] = [:]
        var seen: Set<String> = []
        func check(_ name: String, _ mechanism: Int8, _ fault: Refusal?) {
            var refusal = fault
            if SaslMechanism(scramNumber: mechanism) == nil {
                refusal = Refusal(
                    .unsupportedSaslMechanism, "There is no mechanism \(mechanism) of SCRAM.")
            }
            if name.isEmpty || name.utf8.count > Self.longestName {
                refusal = Refusal(
                    .unacceptableCredential,
                    "A user's name has 1 to \(Self.longestName) bytes.")
            }
            if !seen.insert("\(mechanism) \(name)").inserted {
                refusal = Refusal(
                    .duplicateResource, "Each user may be named once with a mechanism.")
            }
            refusals[name] = refusals[name] ?? refusal
        }
        let users = credentials.all
        for deletion in request.deletions {
            let mechanism = SaslMechanism(scramNumber: deletion.mechanism)
            let isThere = mechanism.map { users[deletion.name]?[$0] != nil } ?? false
            check(
                deletion.name, deletion.mechanism,
                isThere
                    ? nil
                    : Refusal(.resourceNotFound, "The user has no such credential of SCRAM."))
        }
        for upsertion in request.upsertions {
            check(upsertion.name, upsertion.mechanism, Self.fault(upsertion))
        }
        return refusals
    }

    private static func fault(_ upsertion: AlterUserScramCredentialsRequest.Upsertion) -> Refusal? {
        let range = ScramAlgorithm.iterations
        guard range.contains(upsertion.iterations) else {
            return Refusal(
                .unacceptableCredential,
                "\(range.lowerBound) to \(range.upperBound) iterations are allowed.")
        }
        let byteCount = SaslMechanism(scramNumber: upsertion.mechanism)?.scram?.byteCount
        guard saltByteCount.contains(upsertion.salt.array.count),
            upsertion.saltedPassword.array.count == byteCount
        else {
            return Refusal(
                .unacceptableCredential, "The salt or the salted password has a wrong length.")
        }
        return nil
    }

    private func response(
        _ results: [(user: String, refusal: Refusal?)]
    ) -> AlterUserScramCredentialsResponse {
        var response = AlterUserScramCredentialsResponse()
        response.results = results.map { user, refusal in
            var result = AlterUserScramCredentialsResponse.Result()
            result.user = user
            result.errorCode = refusal?.code ?? .none
            result.errorMessage = refusal?.message
            return result
        }
        return response
    }
}
