import KafkaProtocol

// What a request of a version that is too old to be served is answered with. Its client can read
// that, and learns why nothing comes of it; what is too new has no form that is known.

/// A request that can be refused as a whole.
protocol RefusableRequest: Request {
    /// The answer that says `code` in each place that asks for something.
    func refused(_ code: ErrorCode) -> Response
}

extension FieldSet {
    /// A message, or a part of one, of which `set` sets the fields that are not as they are at
    /// first.
    init(_ set: (inout Self) -> Void) {
        self.init()
        set(&self)
    }
}

extension ProduceRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> ProduceResponse {
        ProduceResponse {
            $0.responses = topicData.map { topic in
                ProduceResponse.Topic {
                    $0.name = topic.name
                    $0.partitionResponses = topic.partitionData.map { partition in
                        ProduceResponse.Partition {
                            $0.index = partition.index
                            $0.errorCode = code
                            $0.baseOffset.rawValue = -1
                        }
                    }
                }
            }
        }
    }
}

extension FetchRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> FetchResponse {
        FetchResponse {
            $0.responses = topics.map { topic in
                FetchResponse.Topic {
                    $0.topic = topic.topic
                    $0.partitions = topic.partitions.map { partition in
                        FetchResponse.Partition {
                            $0.partitionIndex = partition.partition
                            $0.errorCode = code
                            $0.highWatermark.rawValue = -1
                        }
                    }
                }
            }
        }
    }
}

extension ListOffsetsRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> ListOffsetsResponse {
        ListOffsetsResponse {
            $0.topics = topics.map { topic in
                ListOffsetsResponse.Topic {
                    $0.name = topic.name
                    $0.partitions = topic.partitions.map { partition in
                        ListOffsetsResponse.Partition {
                            $0.partitionIndex = partition.partitionIndex
                            $0.errorCode = code
                        }
                    }
                }
            }
        }
    }
}

extension OffsetForLeaderEpochRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> OffsetForLeaderEpochResponse {
        OffsetForLeaderEpochResponse {
            $0.topics = topics.map { topic in
                OffsetForLeaderEpochResponse.Topic {
                    $0.topic = topic.topic
                    $0.partitions = topic.partitions.map { partition in
                        OffsetForLeaderEpochResponse.Partition {
                            $0.partition = partition.partition
                            $0.errorCode = code
                        }
                    }
                }
            }
        }
    }
}

extension OffsetCommitRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> OffsetCommitResponse {
        OffsetCommitResponse {
            $0.topics = topics.map { topic in
                OffsetCommitResponse.Topic {
                    $0.name = topic.name
                    $0.partitions = topic.partitions.map { partition in
                        OffsetCommitResponse.Partition {
                            $0.partitionIndex = partition.partitionIndex
                            $0.errorCode = code
                        }
                    }
                }
            }
        }
    }
}

extension OffsetFetchRequest: RefusableRequest {
    /// Of the versions that have one group.
    func refused(_ code: ErrorCode) -> OffsetFetchResponse {
        OffsetFetchResponse {
            $0.errorCode = code
            $0.topics = (topics ?? []).map { topic in
                OffsetFetchResponse.Topic {
                    $0.name = topic.name
                    $0.partitions = topic.partitionIndexes.map { index in
                        OffsetFetchResponse.Partition {
                            $0.partitionIndex = index
                            $0.committedOffset.rawValue = -1
                            $0.metadata = ""
                            $0.errorCode = code
                        }
                    }
                }
            }
        }
    }
}

extension CreateTopicsRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> CreateTopicsResponse {
        CreateTopicsResponse {
            $0.topics = topics.map { topic in
                CreateTopicsResponse.Topic {
                    $0.name = topic.name
                    $0.errorCode = code
                }
            }
        }
    }
}

extension DeleteTopicsRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> DeleteTopicsResponse {
        DeleteTopicsResponse {
            $0.responses = topicNames.map { name in
                DeleteTopicsResponse.Topic {
                    $0.name = name
                    $0.errorCode = code
                }
            }
        }
    }
}

extension DescribeConfigsRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> DescribeConfigsResponse {
        DescribeConfigsResponse {
            $0.results = resources.map { resource in
                DescribeConfigsResponse.Resource {
                    $0.resourceType = resource.resourceType
                    $0.resourceName = resource.resourceName
                    $0.errorCode = code
                }
            }
        }
    }
}

extension DescribeLogDirsRequest: RefusableRequest {
    /// Version 0 has no error but that of a directory.
    func refused(_ code: ErrorCode) -> DescribeLogDirsResponse {
        DescribeLogDirsResponse {
            $0.errorCode = code
            $0.results = [DescribeLogDirsResponse.LogDir { $0.errorCode = code }]
        }
    }
}

extension WriteTxnMarkersRequest: RefusableRequest {
    func refused(_ code: ErrorCode) -> WriteTxnMarkersResponse {
        WriteTxnMarkersResponse {
            $0.markers = markers.map { marker in
                WriteTxnMarkersResponse.Marker {
                    $0.producerID = marker.producerID
                    $0.topics = marker.topics.map { topic in
                        WriteTxnMarkersResponse.Topic {
                            $0.name = topic.name
                            $0.partitions = topic.partitionIndexes.map { index in
                                WriteTxnMarkersResponse.Partition {
                                    $0.partitionIndex = index
                                    $0.errorCode = code
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
