import LoadGenerator
import Measurement
import Reporting

/// Turns a reporting interval into the rows of result files and the progress line.
struct IntervalRows {
    private let profile: Profile
    private let warmupSeconds: Double
    /// When the histogram log begins.
    private let logStartUnixNanos: Int64
    private let run: RunName

    init(profile: Profile, run: RunName, logStartUnixNanos: Int64) {
        self.profile = profile
        self.run = run
        self.logStartUnixNanos = logStartUnixNanos
        warmupSeconds = profile.warmup / .seconds(1)
    }

    private func elapsedSeconds(_ report: IntervalReport) -> Double {
        Double(report.elapsedNanos) / 1e9 - warmupSeconds
    }

    func timeSeries(_ report: IntervalReport) -> [TimeSeriesRow] {
        var producer = row(report, role: .producer)
        producer.offeredRecords = report.offeredRecords.map { UInt64($0.rounded()) }
        producer.sentRecords = report.producers.sentRecords
        producer.ackedRecords = report.producers.ackedRecords
        producer.ackedBatches = report.producers.ackedBatches
        producer.failedRecords = report.producers.failedRecords
        producer.logicalBytes = report.producers.logicalBytes
        producer.storedBytes = report.producers.storedBytes
        producer.network = report.network.map {
            TimeSeriesRow.Network(
                $0, readableRecords: report.readableRecords,
                loopBusyPercent: report.loopBusyPercent)
        }
        producer.responseLatency = LatencySummary(report.producers.responseLatency)
        let consumers = report.groups.map { group, tally in
            var row = row(report, role: .consumer(group: group))
            row.consumedRecords = tally.records
            row.logicalBytes = tally.logicalBytes
            row.storedBytes = tally.storedBytes
            row.endToEndLatency = LatencySummary(tally.endToEndLatency)
            row.lagRecords = lagRecords(of: group, in: report)
            row.hasPaused = report.pausedGroups.contains(group)
            return row
        }
        return [producer] + consumers
    }

    private func row(_ report: IntervalReport, role: TimeSeriesRow.Role) -> TimeSeriesRow {
        var row = TimeSeriesRow(
            run: run, elapsedSeconds: elapsedSeconds(report), atUnixNanos: report.unixNanos,
            intervalSeconds: Double(report.intervalNanos) / 1e9,
            phase: TimeSeriesRow.Phase(report.phase), role: role)
        row.hiccupMaxNanos = report.hiccupMaxNanos
        row.rssBytes = report.residentBytes
        row.rssAnonymousBytes = report.anonymousBytes
        row.cpuPercent = report.cpuPercent
        row.conditions = report.conditions
        return row
    }

    private func lagRecords(of group: String, in report: IntervalReport) -> Int64 {
        report.lag.reduce(0) { $1.group == group ? $0 + $1.records : $0 }
    }

    func lag(_ report: IntervalReport) -> [LagRow] {
        report.lag.map { sample in
            LagRow(
                run: run, elapsedSeconds: elapsedSeconds(report), atUnixNanos: report.unixNanos,
                group: sample.group, topic: sample.partition.topic,
                partition: sample.partition.partition, position: sample.position.rawValue,
                logEndOffset: sample.logEndOffset.rawValue,
                lagTimeMillis: sample.ageNanos.map { Double($0) / 1e6 },
                committedOffset: sample.committed?.rawValue)
        }
    }

    /// The interval's latencies; the warm-up's are not part of the log.
    func histograms(_ report: IntervalReport) -> [HistogramLogEntry] {
        guard report.phase != .warmup else { return [] }
        let seconds = Double(report.intervalNanos) / 1e9
        let start = Double(report.unixNanos - logStartUnixNanos) / 1e9 - seconds
        func entry(_ tag: String, _ histogram: LatencyHistogram) -> HistogramLogEntry {
            HistogramLogEntry(
                tag: tag, startSeconds: start, intervalSeconds: seconds, histogram: histogram)
        }
        return [
            entry(HistogramLogEntry.tag(.sendDelay), report.measuredProducers.sendDelay),
            entry(HistogramLogEntry.tag(.serviceLatency), report.measuredProducers.serviceLatency),
            entry(
                HistogramLogEntry.tag(.responseLatency), report.measuredProducers.responseLatency),
        ]
            + report.measuredGroups.map { group, tally in
                entry(
                    HistogramLogEntry.tag(.endToEndLatency, group: group), tally.endToEndLatency)
            }
    }

    func progress(_ report: IntervalReport) -> ProgressLine {
        let seconds = Double(report.intervalNanos) / 1e9
        var line = ProgressLine(
            elapsedSeconds: elapsedSeconds(report), phase: TimeSeriesRow.Phase(report.phase))
        if case .duration(let duration) = profile.length {
            line.totalSeconds = duration / .seconds(1)
            line.shareDone = elapsedSeconds(report) / (duration / .seconds(1))
        }
        line.ackedRate = Double(report.producers.ackedRecords) / seconds
        line.logicalBytesPerSecond = Double(report.producers.logicalBytes) / seconds
        var latency = report.producers.responseLatency
        if !report.groups.isEmpty {
            let consumed = report.groups.reduce(0) { $0 + $1.tally.records }
            line.consumedRate = Double(consumed) / seconds
            latency = report.groups.reduce(into: LatencyHistogram()) {
                $0.add(
                    profile.onlyConsumes
                        ? $1.tally.createTimeLatency : $1.tally.endToEndLatency)
            }
        }
        line.p50Nanos = latency.percentile(50)
        line.p99Nanos = latency.percentile(99)
        line.lags = report.groups.map { group, _ in
            ProgressLine.GroupLag(group: group, records: lagRecords(of: group, in: report))
        }
        return line
    }
}

extension TimeSeriesRow.Network {
    init(_ counts: NetworkCounts, readableRecords: UInt64?, loopBusyPercent: Double?) {
        self.init(
            requests: counts.requests, sentBytes: counts.sentBytes,
            receivedBytes: counts.receivedBytes, retries: counts.retries,
            errors: counts.errorCount, throttledMillis: Double(counts.throttledNanos) / 1e6,
            metadataRefreshes: counts.metadataRefreshes, leaderChanges: counts.leaderChanges,
            openedConnections: counts.openedConnections,
            lostConnections: counts.lostConnections, readableRecords: readableRecords ?? 0,
            loopBusyPercent: loopBusyPercent)
    }
}

extension TimeSeriesRow.Phase {
    init(_ phase: RunPhase) {
        switch phase {
        case .warmup: self = .warmup
        case .run: self = .run
        case .drain: self = .drain
        }
    }
}
