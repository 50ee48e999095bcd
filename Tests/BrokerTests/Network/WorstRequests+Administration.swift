import KafkaProtocol
import RecordFormat

@testable import Broker

// Of settings, users, ACLs, quotas and metrics.

extension WorstRequests {
    mutating func addConfigs() {
        list.add(DescribeConfigsRequest()) {
            $0.resources = Self.many(DescribeConfigsRequest.Resource(), 100) { resource, _ in
                resource.resourceType = .topic
                resource.resourceName = "t"
                resource.configurationKeys = nil
            }
        }
        list.add(AlterConfigsRequest()) {
            $0.validateOnly = true
            $0.resources = Self.many(AlterConfigsRequest.Resource()) {
                $0.resourceType = .topic
                $0.resourceName = "none-\($1)"
            }
        }
        list.add(IncrementalAlterConfigsRequest()) {
            $0.validateOnly = true
            $0.resources = Self.many(IncrementalAlterConfigsRequest.Resource()) {
                $0.resourceType = .topic
                $0.resourceName = "none-\($1)"
            }
        }
    }

    mutating func addUsers() {
        list.add(DescribeUserScramCredentialsRequest()) {
            $0.users = Self.many(DescribeUserScramCredentialsRequest.UserName()) {
                $0.name = "none-\($1)"
            }
        }
        list.add(AlterUserScramCredentialsRequest()) {
            $0.deletions = Self.many(AlterUserScramCredentialsRequest.Deletion()) {
                $0.name = "none-\($1)"
                $0.mechanism = 1
            }
        }
    }

    mutating func addAcls() {
        list.add(CreateAclsRequest()) {
            $0.creations = Self.many(CreateAclsRequest.Creation()) {
                $0.resourceType = .topic
                $0.resourceName = "other-\($1)"
                $0.resourcePatternType = .prefixed
                $0.principal = "User:other-\($1)"
                $0.host = "*"
                $0.operation = .read
                $0.permissionType = .deny
            }
        }
        list.add(DescribeAclsRequest()) {
            $0.resourceTypeFilter = .any
            $0.patternTypeFilter = .any
            $0.operation = .any
            $0.permissionType = .any
        }
        list.add(DeleteAclsRequest()) {
            $0.filters = Self.many(DeleteAclsRequest.Filter(), 20) {
                $0.resourceTypeFilter = .any
                $0.resourceNameFilter = "other-\($1)"
                $0.patternTypeFilter = .match
                $0.operation = .any
                $0.permissionType = .any
            }
        }
    }

    mutating func addQuotas() {
        list.add(AlterClientQuotasRequest()) {
            $0.entries = Self.many(AlterClientQuotasRequest.Entry()) {
                $0.entity = [
                    ClientQuotaEntityPart(entityType: "user", entityName: "none-\($1)"),
                    ClientQuotaEntityPart(entityType: "client-id", entityName: nil),
                ]
                var operation = AlterClientQuotasRequest.Operation()
                operation.key = "producer_byte_rate"
                operation.value = 1e9
                $0.ops = [operation]
            }
        }
        list.add(DescribeClientQuotasRequest()) { _ in }
    }

    mutating func addTelemetry() {
        list.add(ListConfigResourcesRequest()) { _ in }
        list.add(IncrementalAlterConfigsRequest()) {
            $0.resources = Self.many(IncrementalAlterConfigsRequest.Resource(), 100) {
                $0.resourceType = .clientMetrics
                $0.resourceName = "subscription-\($1)"
                var config = IncrementalAlterConfigsRequest.Config()
                config.name = "match"
                config.value = "client_id=(a|aa|aaa){0,500}b"
                $0.configs = [config]
            }
        }
        // Compressed records, which decompress to more than a push may.
        let bomb = Array(batch.dropFirst(RecordBatchHeader.byteCount))
        list.add(GetTelemetrySubscriptionsRequest())
        list.requests.append(
            (
                .pushTelemetry,
                { client in
                    let told = try client.ask(GetTelemetrySubscriptionsRequest(), version: 0)
                    var request = PushTelemetryRequest()
                    request.clientInstanceID = told.clientInstanceID
                    request.subscriptionID = told.subscriptionID
                    request.compressionType = Int8(CompressionCodec.gzip.rawValue)
                    request.metrics = OpaqueBytes(bomb)
                    return try client.ask(request, version: 0)
                }
            ))
    }
}
