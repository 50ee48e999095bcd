import KafkaProtocol

@testable import Broker

/// Two members of a share group, and what they ask of the state of a share partition.
protocol SharePartitionSteps {}

extension SharePartitionSteps {
    var anna: ShareHolder { ShareHolder(rawValue: 1) }
    var bert: ShareHolder { ShareHolder(rawValue: 2) }
    var limits: ShareLimits { ShareLimits() }

    /// Batches of so many records, one behind the other from 0 on.
    func batches(_ sizes: Int64..., from start: Int64 = 0) -> [ShareBatch] {
        var first = start
        return sizes.map { size in
            defer { first += size }
            return ShareBatch(first: first, last: first + size - 1, byteCount: 100)
        }
    }

    func acknowledgement(
        _ first: Int64, _ last: Int64, _ type: AcknowledgeType
    ) -> Acknowledgement {
        Acknowledgement(first: first, last: last, type: type)
    }

    @discardableResult
    func acquire(
        _ state: inout SharePartitionState, _ batches: [ShareBatch], for holder: ShareHolder? = nil,
        max: Int = 500, size: Int = .max, mode: ShareAcquireMode = .batchOptimized,
        hole: Int = .max, _ limits: ShareLimits = ShareLimits(), nowMs: Int64 = 0
    ) -> Acquisition {
        guard let offset = state.nextFetch(limits)?.offset else { return Acquisition() }
        return state.acquire(
            AcquireRequest(
                holder: holder ?? anna, maxRecords: max, batchSize: size, mode: mode,
                maxHoleByteCount: hole),
            in: batches, from: offset, limits, nowMs: nowMs)
    }

    func range(_ first: Int64, _ last: Int64, _ count: Int16 = 1) -> Acquisition.Range {
        Acquisition.Range(first: first, last: last, deliveryCount: count)
    }
}
