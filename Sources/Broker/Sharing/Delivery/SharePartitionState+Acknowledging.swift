import KafkaProtocol
import RecordFormat

/// Why acknowledgements of a partition are refused, all of them.
enum AcknowledgementFault: Error, Equatable {
    /// Something is acknowledged that the member has not acquired, or has no more.
    case notAcquired(offset: Int64)
    /// Something is acknowledged that nobody has acquired yet.
    case pastEnd(offset: Int64)
    /// The group's settings allow no renewal.
    case renewalNotAllowed
}

/// Offsets side by side that are acknowledged alike.
struct Acknowledgement: Sendable, Equatable {
    var first: Int64
    /// Inclusive.
    var last: Int64
    var type: AcknowledgeType
}

extension SharePartitionState {
    /// Takes acknowledgements of a member, in order of offsets and without overlap; all of them or
    /// none. What the log has lost meanwhile is passed over.
    mutating func acknowledge(
        _ acknowledgements: [Acknowledgement], by holder: ShareHolder, _ limits: ShareLimits,
        nowMs: Int64
    ) throws(AcknowledgementFault) -> [DeliveryChange] {
        var walk = DeliveryRunWalk(runs, from: start)
        var changes: [DeliveryChange] = []
        for acknowledgement in acknowledgements where acknowledgement.last >= start {
            if acknowledgement.last >= end {
                throw .pastEnd(offset: max(acknowledgement.first, end))
            }
            if acknowledgement.type == .renew, !limits.allowsRenewal { throw .renewalNotAllowed }
            walk.keep(before: max(acknowledgement.first, start))
            while var run = walk.next(before: acknowledgement.last + 1) {
                guard run.isHeld(by: holder) else { throw .notAcquired(offset: run.first) }
                let change = run.acknowledge(
                    acknowledgement.type, limits, of: holder, nowMs: nowMs)
                if let change { DeliveryChange.add(change, to: &changes) }
                walk.replace(by: run)
            }
        }
        set(walk.finished())
        return stillTold(changes)
    }

    /// Makes available what a member has acquired, when its session ends.
    mutating func release(
        _ holder: ShareHolder, _ limits: ShareLimits
    ) -> [DeliveryChange] {
        release(limits) { $0.isHeld(by: holder) }
    }

    /// Makes available what members have had for too long.
    mutating func expire(_ limits: ShareLimits, nowMs: Int64) -> [DeliveryChange] {
        release(limits) { $0.lockedUntilMs.map { $0 <= nowMs } ?? false }
    }

    private mutating func release(
        _ limits: ShareLimits, where isToRelease: (DeliveryRun) -> Bool
    ) -> [DeliveryChange] {
        guard runs.all.contains(where: isToRelease) else { return [] }
        var walk = DeliveryRunWalk(runs, from: start)
        var changes: [DeliveryChange] = []
        while var run = walk.next(before: .max) {
            if isToRelease(run) {
                DeliveryChange.add(run.released(limits), to: &changes)
            }
            walk.replace(by: run)
        }
        set(walk.finished())
        return stillTold(changes)
    }

    /// Changes without what the start offset says anyway.
    private func stillTold(_ changes: [DeliveryChange]) -> [DeliveryChange] {
        changes.compactMap { change in
            guard change.last >= start else { return nil }
            var change = change
            change.first = max(change.first, start)
            return change
        }
    }
}

extension DeliveryRun {
    /// Acknowledges the whole run; nil where a restart need not know.
    fileprivate mutating func acknowledge(
        _ type: AcknowledgeType, _ limits: ShareLimits, of holder: ShareHolder, nowMs: Int64
    ) -> DeliveryChange? {
        let count = deliveryCount
        switch type {
        case .renew:
            state = .acquired(holder, untilMs: nowMs + limits.lockMs)
            return nil
        case .release: return released(limits)
        case .accept:
            finish()
            return change(.acknowledged, count)
        case .gap, .reject:
            finish()
            return change(.archived, count)
        }
    }

    fileprivate mutating func released(_ limits: ShareLimits) -> DeliveryChange {
        let count = deliveryCount
        release(deliveryCountLimit: limits.deliveryCountLimit)
        return change(isDone ? .archived : .available, count)
    }

    private func change(_ stored: StoredDeliveryState, _ count: Int16) -> DeliveryChange {
        DeliveryChange(first: first, last: end - 1, state: stored, deliveryCount: count)
    }
}
