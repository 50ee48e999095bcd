import Measurement

/// The intervals of several generators, joined by their time.
///
/// Each generator's intervals keep their own edges. Intervals that began less than half an interval
/// apart form one step of the joint series. So every count is in exactly one step.
struct JointSeries {
    /// The name of the merged run in the rows.
    private let name: RunName
    private let runs: [GeneratorRun]
    private let startUnixNanos: Int64
    private let step: Double
    /// Each step's histograms by tag, encoded: decoded they would take a hundred times the memory.
    private var histograms: [Int: [String: [EncodedHistogramLogEntry]]] = [:]

    init(_ runs: [GeneratorRun], name: RunName) {
        self.name = name
        self.runs = runs
        startUnixNanos = runs.map(\.startedAtUnixNanos).min() ?? 0
        step = runs.compactMap(\.intervalSeconds).max().flatMap { $0 > 0 ? $0 : nil } ?? 1
        for run in runs {
            let logStart = run.log.startedAtUnixNanos ?? run.startedAtUnixNanos
            let late = Double(logStart - run.startedAtUnixNanos) / 1e9
            for entry in run.log.entries {
                let middle = late + entry.startSeconds + entry.intervalSeconds / 2
                let place = place(of: run, middle: middle)
                histograms[place, default: [:]][entry.tag, default: []].append(entry)
            }
        }
    }

    /// The step of an interval whose middle is `middle` seconds after the run's measured part
    /// began.
    private func place(of run: GeneratorRun, middle: Double) -> Int {
        let late = Double(run.startedAtUnixNanos - startUnixNanos) / 1e9
        return Int((middle / step).rounded(.down)) + Int((late / step).rounded())
    }

    private struct Key: Hashable, Comparable {
        var place: Int
        /// Nil for the producers.
        var group: String?

        static func < (a: Key, b: Key) -> Bool {
            (a.place, a.group == nil ? 0 : 1, a.group ?? "")
                < (b.place, b.group == nil ? 0 : 1, b.group ?? "")
        }
    }

    // MARK: latency.hlog

    /// When the joint histogram log begins.
    var logStartUnixNanos: Int64 {
        runs.map { $0.log.startedAtUnixNanos ?? $0.startedAtUnixNanos }.min() ?? startUnixNanos
    }

    /// Writes one interval of each step and tag, in the order of their times.
    func write(to log: HistogramLogWriter) throws(ReportingError) {
        let early = Double(startUnixNanos - logStartUnixNanos) / 1e9
        for place in histograms.keys.sorted() {
            for tag in histograms[place]!.keys.sorted() {
                try log.append(
                    HistogramLogEntry(
                        tag: tag, startSeconds: max(early + Double(place) * step, 0),
                        intervalSeconds: step, histogram: try histogram(tag, at: place)!))
            }
        }
    }

    /// Of all generators; nil if there is none.
    private func histogram(
        _ tag: String, at place: Int
    ) throws(ReportingError) -> LatencyHistogram? {
        guard let parts = histograms[place]?[tag] else { return nil }
        var sum = LatencyHistogram()
        for part in parts { sum.add(try part.histogram()) }
        return sum
    }

    // MARK: timeseries.csv

    func timeSeries() throws(ReportingError) -> [TimeSeriesRow] {
        var parts: [Key: [[CSVTable.Row]]] = [:]
        for run in runs {
            var own: [Key: [CSVTable.Row]] = [:]
            for row in run.saved.timeSeries?.rows ?? [] {
                guard let end = row.number("elapsed_s"), let length = row.number("interval_s"),
                    row["role"] == "producer" || row["group"] != nil
                else { continue }
                let place = place(of: run, middle: end - length / 2)
                own[Key(place: place, group: row["group"]), default: []].append(row)
            }
            for (key, rows) in own { parts[key, default: []].append(rows) }
        }
        var rows: [TimeSeriesRow] = []
        for (key, runs) in parts.sorted(by: { $0.key < $1.key }) {
            rows.append(try row(key, runs))
        }
        return rows
    }

    private func row(
        _ key: Key, _ runs: [[CSVTable.Row]]
    ) throws(ReportingError) -> TimeSeriesRow {
        let all = runs.joined()
        func sum(_ column: String) -> UInt64? {
            let values = all.compactMap { $0[column].flatMap { UInt64($0) } }
            return values.isEmpty ? nil : values.reduce(0) { $0 &+ $1 }
        }
        func largest(_ column: String) -> Double? { all.compactMap { $0.number(column) }.max() }
        // What every generator sees of the same cluster.
        func seen(_ column: String) -> Double? {
            runs.map { $0.reduce(0) { $0 + ($1.number(column) ?? 0) } }.max()
        }
        let ends = all.compactMap { $0["at"].flatMap(UTCTime.init(iso8601:))?.unixNanos }
        let end = ends.max() ?? startUnixNanos + Int64(Double(key.place + 1) * step * 1e9)
        let phases = Set(all.compactMap { $0["phase"].flatMap(TimeSeriesRow.Phase.init) })
        var row = TimeSeriesRow(
            run: name, elapsedSeconds: Double(end - startUnixNanos) / 1e9, atUnixNanos: end,
            intervalSeconds: runs.map { $0.reduce(0) { $0 + ($1.number("interval_s") ?? 0) } }
                .max() ?? step,
            phase: [.run, .warmup, .drain].first(where: phases.contains) ?? .run,
            role: key.group.map(TimeSeriesRow.Role.consumer) ?? .producer)
        row.offeredRecords = sum("offered_records")
        row.sentRecords = sum("sent_records")
        row.ackedRecords = sum("acked_records")
        row.ackedBatches = sum("acked_batches")
        row.failedRecords = sum("failed_records")
        row.consumedRecords = sum("consumed_records")
        row.logicalBytes = sum("logical_bytes")
        row.storedBytes = sum("stored_bytes")
        row.network = network(
            sum, seen: seen,
            throttledMillis: all.reduce(0) { $0 + ($1.number("throttled_ms") ?? 0) },
            loopBusyPercent: largest("loop_busy_percent"))
        // The lag at the end of a step is in the last row of each run.
        let lags = runs.compactMap { $0.last?.number("lag_records").map { Int64($0) } }
        row.lagRecords = lags.isEmpty ? nil : combined(lags)
        let pauses = all.compactMap { $0["paused"] }
        row.hasPaused = pauses.isEmpty ? nil : pauses.contains("true")
        row.hiccupMaxNanos = largest("hiccup_max_us").map { Int64(($0 * 1_000).rounded()) }
        row.rssBytes = largest("rss_bytes").map { Int64($0) }
        row.rssAnonymousBytes = largest("rss_anonymous_bytes").map { Int64($0) }
        row.cpuPercent = cpuPercent(of: all, over: row.intervalSeconds)
        let kind: LatencyKind = key.group == nil ? .responseLatency : .endToEndLatency
        let tag = HistogramLogEntry.tag(kind, group: key.group)
        var latency = try histogram(tag, at: key.place).flatMap(LatencySummary.init)
        if let exact = largest("\(kind.rawValue)_max_us"), phases == [.run] {
            latency?.limit(to: Int64((exact * 1_000).rounded()))
        }
        if key.group == nil { row.responseLatency = latency } else { row.endToEndLatency = latency }
        return row
    }

    private func network(
        _ sum: (String) -> UInt64?, seen: (String) -> Double?, throttledMillis: Double,
        loopBusyPercent: Double?
    ) -> TimeSeriesRow.Network? {
        guard let requests = sum("requests") else { return nil }
        return TimeSeriesRow.Network(
            requests: requests, sentBytes: sum("wire_sent_bytes") ?? 0,
            receivedBytes: sum("wire_received_bytes") ?? 0, retries: sum("retries") ?? 0,
            errors: sum("broker_errors") ?? 0,
            throttledMillis: throttledMillis,
            metadataRefreshes: sum("metadata_refreshes") ?? 0,
            leaderChanges: UInt64(seen("leader_changes") ?? 0),
            openedConnections: sum("connections_opened") ?? 0,
            lostConnections: sum("connections_lost") ?? 0,
            readableRecords: UInt64(seen("readable_records") ?? 0),
            loopBusyPercent: loopBusyPercent)
    }

    /// Of all processes together; rows of a part of the step, such as a drain's, count for that
    /// part.
    private func cpuPercent(of rows: some Sequence<CSVTable.Row>, over seconds: Double) -> Double? {
        let busy = rows.compactMap { row in
            row.number("cpu_percent").map { $0 * (row.number("interval_s") ?? seconds) }
        }
        return busy.isEmpty || seconds <= 0 ? nil : busy.reduce(0, +) / seconds
    }

    /// The sum for separate logs; for the same log, the latest sample.
    private func combined(_ values: [Int64]) -> Int64 {
        runs.contains { $0.hasOwnLog } ? values.reduce(0, &+) : values.max() ?? 0
    }

    // MARK: lag.csv

    private struct LagKey: Hashable {
        var place: Int
        var group: String
        var topic: String
        var partition: Int32
    }

    var lag: [LagRow] {
        var samples: [LagKey: [(run: Int, row: CSVTable.Row)]] = [:]
        for (number, run) in runs.enumerated() {
            for row in run.saved.lag?.rows ?? [] {
                guard let elapsed = row.number("elapsed_s"), let group = row["group"],
                    let topic = row["topic"],
                    let partition = row["partition"].flatMap({ Int32($0) })
                else { continue }
                // A sample is taken at an interval's end.
                let place = place(of: run, middle: elapsed - step / 2)
                let key = LagKey(place: place, group: group, topic: topic, partition: partition)
                // The last sample of a run in a step counts.
                samples[key, default: []].removeAll { $0.run == number }
                samples[key, default: []].append((number, row))
            }
        }
        return samples.map { key, samples in (key, lagRow(key, samples.map(\.row))) }
            .sorted {
                ($0.0.place, $0.0.group, $0.0.topic, $0.0.partition)
                    < ($1.0.place, $1.0.group, $1.0.topic, $1.0.partition)
            }.map(\.1)
    }

    private func lagRow(_ key: LagKey, _ rows: [CSVTable.Row]) -> LagRow {
        func offsets(_ column: String) -> Int64? {
            let values = rows.compactMap { $0[column].flatMap { Int64($0) } }
            return values.isEmpty ? nil : combined(values)
        }
        let at = rows.compactMap { $0["at"].flatMap(UTCTime.init(iso8601:))?.unixNanos }.max()
        let time = at ?? startUnixNanos + Int64(Double(key.place + 1) * step * 1e9)
        return LagRow(
            run: name, elapsedSeconds: Double(time - startUnixNanos) / 1e9, atUnixNanos: time,
            group: key.group, topic: key.topic, partition: key.partition,
            position: offsets("position"), logEndOffset: offsets("log_end_offset"),
            lagTimeMillis: rows.compactMap { $0.number("lag_time_ms") }.max(),
            committedOffset: offsets("committed_offset"))
    }
}

extension LatencySummary {
    /// A histogram log has the bucket of the largest value; the series has its exact value.
    fileprivate mutating func limit(to nanos: Int64) {
        p50Nanos = min(p50Nanos, nanos)
        p90Nanos = min(p90Nanos, nanos)
        p99Nanos = min(p99Nanos, nanos)
        p999Nanos = min(p999Nanos, nanos)
        maxNanos = min(maxNanos, nanos)
    }
}
