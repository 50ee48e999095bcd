import KafkaProtocol

/// The versions that a broker and the client have in common.
public struct NegotiatedVersions: Equatable, Sendable {
    private var brokerHas: [Int16: ClosedRange<Int16>] = [:]

    /// From the broker's answer; a range that is none is left out.
    init(_ response: ApiVersionsResponse) {
        for range in response.apiKeys where range.minVersion <= range.maxVersion {
            brokerHas[range.apiKey] = range.minVersion...range.maxVersion
        }
    }

    /// The highest version of `key` that both know, and at most `limit`.
    public func version(
        of key: ApiKey, atMost limit: Int16 = .max
    ) throws(ConnectionError.Reason) -> Int16 {
        let ours = key.servedVersions
        guard let theirs = brokerHas[key.rawValue] else {
            throw .unsupportedApi(key, brokerHas: nil)
        }
        let highest = min(ours.upperBound, theirs.upperBound, limit)
        guard highest >= max(ours.lowerBound, theirs.lowerBound) else {
            throw .unsupportedApi(key, brokerHas: theirs)
        }
        return highest
    }

    public func supports(_ key: ApiKey) -> Bool { (try? version(of: key)) != nil }
}
