import KafkaProtocol
import Testing

@Suite
struct ApiKeyTests {
    @Test
    func `each API has its own request and response`() {
        for apiKey in ApiKey.allCases {
            #expect(apiKey.request.apiKey == apiKey)
            #expect(apiKey.request.response.apiKey == apiKey)
        }
        #expect(Set(ApiKey.allCases.map { "\($0.request)" }).count == ApiKey.allCases.count)
    }

    @Test
    func `Produce 0 to 2 are advertised and not served`() {
        #expect(ApiKey.produce.advertisedVersions == 0...13)
        #expect(ApiKey.produce.servedVersions == 3...13)
        for apiKey in ApiKey.allCases where apiKey != .produce {
            #expect(apiKey.servedVersions == apiKey.advertisedVersions)
        }
    }

    @Test
    func `versions that are too old are refused in a form that their clients can read`() {
        for apiKey in ApiKey.allCases {
            #expect(apiKey.refusableVersions.allSatisfy { !apiKey.servedVersions.contains($0) })
            #expect(apiKey.refusableVersions.allSatisfy { !apiKey.isFlexible(version: $0) })
            // None is left out between those that are refused and those that are served, but for
            // version 0 of share groups (76 to 79), a preview that Kafka 4.1 no longer reads.
            let oldest = apiKey.servedVersions.lowerBound
            let wasPreview = (76...79).contains(apiKey.rawValue) && oldest == 1
            #expect(apiKey.refusableVersions == 0..<oldest || oldest == 0 || wasPreview)
        }
        #expect(ApiKey.fetch.codedVersions == 0...17)
    }

    @Test
    func `modern clients find the versions without which they refuse a broker`() {
        let needed: [ApiKey: Int16] = [
            .produce: 3, .fetch: 4, .listOffsets: 1, .offsetCommit: 2, .offsetFetch: 1,
            .joinGroup: 2, .createTopics: 2, .deleteTopics: 1, .offsetForLeaderEpoch: 2,
        ]
        for (apiKey, version) in needed {
            #expect(apiKey.servedVersions.contains(version))
        }
        // librdkafka takes zstd from these.
        #expect(ApiKey.produce.servedVersions.contains(7))
        #expect(ApiKey.fetch.servedVersions.contains(10))
    }

    @Test
    func `headers follow the first flexible version, but for the response to ApiVersions`() {
        #expect(ApiKey.produce.requestHeaderVersion(8) == 1)
        #expect(ApiKey.produce.requestHeaderVersion(9) == 2)
        #expect(ApiKey.produce.responseHeaderVersion(8) == 0)
        #expect(ApiKey.produce.responseHeaderVersion(9) == 1)
        #expect(ApiKey.apiVersions.requestHeaderVersion(3) == 2)
        #expect(ApiKey.apiVersions.responseHeaderVersion(3) == 0)
        #expect(ApiKey.saslHandshake.requestHeaderVersion(1) == 1)
        #expect(ApiKey.offsetDelete.responseHeaderVersion(0) == 0)
        #expect(ApiKey.describeCluster.responseHeaderVersion(0) == 1)
    }

    @Test
    func `error codes have Kafka's names, and say whether trying again helps`() {
        #expect(ErrorCode.allCases.map(\.rawValue) == Array(-1...133))
        #expect(ErrorCode.none.name == "NONE")
        #expect(ErrorCode.offsetOutOfRange.name == "OFFSET_OUT_OF_RANGE")
        #expect(ErrorCode.fetchSessionTopicIDError.name == "FETCH_SESSION_TOPIC_ID_ERROR")
        #expect(ErrorCode.unknownProducerID.name == "UNKNOWN_PRODUCER_ID")
        #expect(ErrorCode.notLeaderOrFollower.isRetriable)
        #expect(ErrorCode.concurrentTransactions.isRetriable)
        #expect(!ErrorCode.none.isRetriable)
        #expect(!ErrorCode.outOfOrderSequenceNumber.isRetriable)
        #expect(!ErrorCode.unknownServerError.isRetriable)
    }
}
