import KafkaProtocol

// What a request of a version that is too old to be served is answered with. Its client can read that, and
// learns why nothing comes of it; what is too new has no form that is known.

/// A request that can be refused as a whole.
protocol RefusableRequest: Request {
    /// The answer that says `code` in each place that asks for something.
    func refused(_ code: ErrorCode) -> Response
}

extension ProduceRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> ProduceResponse {
        var response = ProduceResponse()
        response.responses = topicData.map { topic in
            var answer = ProduceResponse.Topic()
            answer.name = topic.name
            answer.partitionResponses = topic.partitionData.map { partition in
                var answer = ProduceResponse.Partition()
                answer.index = partition.index
                answer.errorCode = code
                answer.baseOffset.rawValue = -1
                return answer
            }
            return answer
        }
        return response
    }
}

extension FetchRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> FetchResponse {
        var response = FetchResponse()
        response.responses = topics.map { topic in
            var answer = FetchResponse.Topic()
            answer.topic = topic.topic
            answer.partitions = topic.partitions.map { partition in
                var answer = FetchResponse.Partition()
                answer.partitionIndex = partition.partition
                answer.errorCode = code
                answer.highWatermark.rawValue = -1
                return answer
            }
            return answer
        }
        return response
    }
}

extension ListOffsetsRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> ListOffsetsResponse {
        var response = ListOffsetsResponse()
        response.topics = topics.map { topic in
            var answer = ListOffsetsResponse.Topic()
            answer.name = topic.name
            answer.partitions = topic.partitions.map { partition in
                var answer = ListOffsetsResponse.Partition()
                answer.partitionIndex = partition.partitionIndex
                answer.errorCode = code
                return answer
            }
            return answer
        }
        return response
    }
}

extension OffsetForLeaderEpochRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> OffsetForLeaderEpochResponse {
        var response = OffsetForLeaderEpochResponse()
        response.topics = topics.map { topic in
            var answer = OffsetForLeaderEpochResponse.Topic()
            answer.topic = topic.topic
            answer.partitions = topic.partitions.map { partition in
                var answer = OffsetForLeaderEpochResponse.Partition()
                answer.partition = partition.partition
                answer.errorCode = code
                return answer
            }
            return answer
        }
        return response
    }
}

extension OffsetCommitRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> OffsetCommitResponse {
        var response = OffsetCommitResponse()
        response.topics = topics.map { topic in
            var answer = OffsetCommitResponse.Topic()
            answer.name = topic.name
            answer.partitions = topic.partitions.map { partition in
                var answer = OffsetCommitResponse.Partition()
                answer.partitionIndex = partition.partitionIndex
                answer.errorCode = code
                return answer
            }
            return answer
        }
        return response
    }
}

extension OffsetFetchRequest: RefusableRequest {
    /// Of the versions that have one group.
    func refused(_ code: ErrorCode) -> OffsetFetchResponse {
        var response = OffsetFetchResponse()
        response.errorCode = code
        response.topics = (topics ?? []).map { topic in
            var answer = OffsetFetchResponse.Topic()
            answer.name = topic.name
            answer.partitions = topic.partitionIndexes.map { index in
                var answer = OffsetFetchResponse.Partition()
                answer.partitionIndex = index
                answer.committedOffset.rawValue = -1
                answer.metadata = ""
                answer.errorCode = code
                return answer
            }
            return answer
        }
        return response
    }
}

extension CreateTopicsRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> CreateTopicsResponse {
        var response = CreateTopicsResponse()
        response.topics = topics.map { topic in
            var answer = CreateTopicsResponse.Topic()
            answer.name = topic.name
            answer.errorCode = code
            return answer
        }
        return response
    }
}

extension DeleteTopicsRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> DeleteTopicsResponse {
        var response = DeleteTopicsResponse()
        response.responses = topicNames.map { name in
            var answer = DeleteTopicsResponse.Topic()
            answer.name = name
            answer.errorCode = code
            return answer
        }
        return response
    }
}

extension DescribeConfigsRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> DescribeConfigsResponse {
        var response = DescribeConfigsResponse()
        response.results = resources.map { resource in
            var answer = DescribeConfigsResponse.Resource()
            answer.resourceType = resource.resourceType
            answer.resourceName = resource.resourceName
            answer.errorCode = code
            return answer
        }
        return response
    }
}

extension DescribeLogDirsRequest: RefusableRequest {
    /// Version 0 has no error but that of a directory.
    func refused(_ code: ErrorCode) -> DescribeLogDirsResponse {
        var response = DescribeLogDirsResponse()
        response.errorCode = code
        var directory = DescribeLogDirsResponse.LogDir()
        directory.errorCode = code
        response.results = [directory]
        return response
    }
}
