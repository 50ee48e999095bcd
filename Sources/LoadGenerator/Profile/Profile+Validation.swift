/// Refuses combinations that cannot be run, or whose figures would be misleading.
extension ProfileReader {
    /// Reports every impossible combination. Called once all settings are read and complete.
    mutating func validate() {
        validateGroups()
        validateTarget()
        if profile.onlyConsumes { validateConsumingOnly() }
        validateLength()
        validateProducers()
        validateCompression()
        validateSizes()
        validatePayload()
        validateConsumers()
        validateShareGroups()
        validateBaseline()
        validateThresholds()
    }

    private mutating func validateLength() {
        let given = ["duration", "records", "backlog"].filter(isGiven)
        if given.count > 1 {
            report(
                "\(given.joined(separator: " and ")) are both given, but only one can end a run; "
                    + "keep one of them", at: given.last ?? "duration")
        }
        if isGiven("duration"), profile.duration == .zero {
            report("a run of 0s measures nothing; set a longer duration", at: "duration")
        }
        if profile.backlog != nil {
            if profile.producers.rate != .max {
                report(
                    "a backlog is built as fast as possible; set producers.rate: max",
                    at: isGiven("producers.rate") ? "producers.rate" : "backlog")
            }
            if profile.warmup != .zero {
                report(
                    "a warm-up would store a part of the backlog without counting it; "
                        + "set warmup: 0s", at: "warmup")
            }
            if !isOfGroup, case .bytes(let bytes)? = profile.backlog,
                let kept = profile.topics.config["retention.bytes"].flatMap({ Int($0) }), kept >= 0
            {
                let partitions = profile.producedTopics.reduce(0) { $0 + $1.partitions * $1.count }
                let (most, overflow) = kept.multipliedReportingOverflow(by: partitions)
                if !overflow, most < bytes {
                    report(
                        "retention.bytes \(kept) keeps \(most) bytes in \(partitions) partitions, "
                            + "so a backlog of \(bytes) is never complete; raise it, or lower the "
                            + "backlog", at: "topics.config.retention.bytes")
                }
            }
            if profile.consumers.isEmpty {
                report("a backlog is drained by consumers; add a consumer group", at: "backlog")
            }
            for (index, group) in profile.consumers.enumerated() where group.from == .latest {
                report(
                    "a group that starts at the latest record has no backlog to drain; "
                        + "use from: earliest", at: "consumers.\(index).from")
            }
        }
    }

    private mutating func validateProducers() {
        if profile.producers.deliveryTimeout <= profile.producers.linger {
            report(
                "delivery.timeout.ms must be longer than linger.ms, or batches fail while they wait "
                    + "for more records",
                at: isGiven(SettingName.deliveryTimeout)
                    ? SettingName.deliveryTimeout : SettingName.linger)
        }
        let producers = profile.producers
        switch producers.rate {
        case .constant, .steps, .ramp:
            if RateCurve(producers.rate) == nil {
                report(
                    "these rates have no common measure that keeps the schedule exact; use "
                        + "rounder ones, or a shorter ramp", at: "producers.rate")
            }
        case .max, .poisson: break
        }
        if producers.enableIdempotence, producers.acks != .all {
            report(
                "enable.idempotence needs acks: all; set that, or enable.idempotence: false",
                at: isGiven(SettingName.acks) ? SettingName.acks : SettingName.idempotence)
        }
        let most = ProducerSettings.maximumIdempotentInFlight
        if producers.enableIdempotence, producers.maxInFlight > most {
            report(
                "enable.idempotence allows at most \(most) batches in flight, because the log "
                    + "remembers \(most) of each producer; lower it, or set "
                    + "enable.idempotence: false", at: SettingName.maxInFlight)
        }
        if producers.partitioner == .key, profile.keys.kind == .none {
            report(
                "partitioner: key needs keys; set keys.kind (round-robin, uniform, zipfian or "
                    + "payload), or use the sticky partitioner", at: "producers.partitioner")
        }
    }

    private mutating func validateCompression() {
        guard let level = profile.producers.compression.level else { return }
        let codec = profile.producers.compression.codec
        guard let levels = codec.levels else {
            report(
                "\(codec.name) has no levels; remove compression.level",
                at: SettingName.compressionLevel)
            return
        }
        if !levels.contains(level), level != codec.defaultLevel {
            report(
                "\(codec.name) has levels \(levels.lowerBound) to \(levels.upperBound), "
                    + "not \(level)", at: SettingName.compressionLevel)
        }
    }

    private mutating func validateSizes() {
        let batchSize = profile.producers.batchSize
        let limit = profile.topics.maximumMessageByteCount
        if batchSize > limit {
            report(
                "batch.size \(batchSize) is above max.message.bytes \(limit), so full batches "
                    + "would be refused; lower it or raise topics.config.max.message.bytes",
                at: isGiven(SettingName.batchSize)
                    ? SettingName.batchSize : "topics.config.max.message.bytes")
        }
        if let segment = profile.topics.config["segment.bytes"].flatMap({ Int($0) }),
            limit > segment
        {
            let culprit = "topics.config.segment.bytes"
            report(
                "segment.bytes \(segment) is below max.message.bytes \(limit): a batch must fit "
                    + "in a segment; raise it, or lower max.message.bytes", at: culprit)
        }
        let largest = profile.payload.size?.maximum ?? 0
        if largest > limit - ProducerSettings.largestRecordOverhead {
            report(
                "values of \(largest) bytes do not fit in max.message.bytes \(limit) with "
                    + "their headers; lower them or raise topics.config.max.message.bytes",
                at: "payload.size")
        }
    }

    private mutating func validatePayload() {
        let payload = profile.payload
        let defaults = Profile()
        let isSliced = payload.kind == .corpus && payload.format == .slices
        if payload.kind == .corpus, payload.file == nil || payload.file == "" {
            report(
                "a corpus needs a file; set payload.file",
                at: isGiven("payload.kind") ? "payload.kind" : "payload")
        }
        // A setting that does not apply may have its default, as in a resolved profile.
        for (name, isDefault) in [
            ("payload.file", payload.file == nil),
            ("payload.format", payload.format == defaults.payload.format),
            ("payload.header", payload.header == defaults.payload.header),
        ] where payload.kind != .corpus && isGiven(name) && !isDefault {
            report(
                "only kind: corpus reads a file, not \(payload.kind.rawValue); remove it or set "
                    + "payload.kind: corpus", at: name)
        }
        if payload.kind != .ratio, isGiven("payload.ratio"),
            payload.ratio != defaults.payload.ratio
        {
            report(
                "only kind: ratio is calibrated, not \(payload.kind.rawValue); remove it or set "
                    + "payload.kind: ratio", at: "payload.ratio")
        }
        if payload.size != nil, !payload.kind.isSized, !isSliced {
            report(
                "\(payload.kind.rawValue) values have their natural sizes; remove payload.size, "
                    + "or use kind ratio, random or zeros, or a corpus in slices",
                at: "payload.size")
        }
        if isSliced, let size = payload.size {
            if case .fixed = size {
            } else {
                report("slices have one fixed size", at: "payload.size")
            }
        }
        if payload.pool < 2 * profile.producers.batchSize {
            report(
                "a pool of \(payload.pool) bytes is less than two batches of "
                    + "\(profile.producers.batchSize), so batches would repeat each other; "
                    + "raise payload.pool", at: "payload.pool")
        }
        if payload.header, payload.kind == .corpus, payload.format != .lines {
            report("only format lines has a line of column names", at: "payload.header")
        }
        validateKeys(defaults.keys)
    }

    private mutating func validateKeys(_ defaults: KeySettings) {
        let keys = profile.keys
        for (name, kinds, isDefault) in [
            (
                "keys.cardinality", [KeyKind.roundRobin, .uniform, .zipfian],
                keys.cardinality == defaults.cardinality
            ), ("keys.exponent", [KeyKind.zipfian], keys.exponent == defaults.exponent),
        ] where isGiven(name) && !isDefault && !kinds.contains(keys.kind) {
            let list = kinds.map(\.rawValue).joined(separator: ", ")
            report(
                "only keys of kind \(list) have it, not \(keys.kind.rawValue); remove it or set "
                    + "keys.kind", at: name)
        }
        validateKeyField()
    }

    private mutating func validateKeyField() {
        let keys = profile.keys
        let format = profile.payload.format
        guard keys.kind == .field else {
            for name in ["keys.field", "keys.pattern"] where isGiven(name) {
                report("only keys of kind field have it; set keys.kind: field", at: name)
            }
            return
        }
        let place = isGiven("keys.field") ? "keys.field" : "keys.kind"
        guard profile.payload.kind == .corpus else {
            return report(
                "only records of a corpus have fields; use keys.kind payload, or payload.kind corpus",
                at: "keys.kind")
        }
        guard (keys.field == nil) != (keys.pattern == nil) else {
            return report("give either keys.field or keys.pattern", at: place)
        }
        if keys.field != nil, format != .ndjson, !(format == .lines && profile.payload.header) {
            report(
                "keys.field takes payload.format ndjson, or lines with payload.header: true; use "
                    + "keys.pattern for others", at: "keys.field")
        }
        if let pattern = keys.pattern, (try? Regex(pattern)) == nil {
            report("'\(pattern)' is no regular expression", at: "keys.pattern")
        }
    }

    private mutating func validateConsumers() {
        guard !isOfGroup else { return }
        if profile.target == .discard, !profile.consumers.isEmpty {
            report(
                "target: discard discards batches, so there is nothing to consume; "
                    + "set consumers: []", at: isGiven("target") ? "target" : "consumers.0")
        }
        let partitions = profile.producedTopics.reduce(0) { $0 + $1.partitions * $1.count }
        for (index, group) in profile.consumers.enumerated()
        where group.members > partitions && !profile.hasExisting && group.topics == nil
            && !group.isShared
        {
            report(
                "\(group.members) members for \(partitions) partitions: the rest would be idle; "
                    + "use at most \(partitions), or group.protocol: share",
                at: "consumers.\(index).members")
        }
        if profile.dataDirectory == nil, !profile.hasExisting {
            for (index, group) in profile.consumers.enumerated() {
                if case .offset(let offset) = group.from, offset > 0 {
                    report(
                        "a fresh log has no offset \(offset) to start from; set data.dir to a "
                            + "kept one", at: "consumers.\(index).from")
                }
            }
        }
        for (index, group) in profile.consumers.enumerated()
        where group.pause != nil && profile.backlog != nil {
            report(
                "a backlog pauses the group already; remove pause, or backlog",
                at: "consumers.\(index).pause")
        }
        if partitions > Profile.maximumPartitions {
            report(
                "\(partitions) partitions in all, at most \(Profile.maximumPartitions)",
                at: "topics.partitions")
        }
    }
}

extension Profile {
    static let maximumConsumerGroups = 100
    static let maximumPartitions = 100_000
}

extension ProducerSettings {
    /// Kafka's bound: a log remembers the last five batches of each producer.
    static let maximumIdempotentInFlight = 5
    /// A generous bound of a batch header and a record's lengths, key and headers.
    static let largestRecordOverhead = 512
}
