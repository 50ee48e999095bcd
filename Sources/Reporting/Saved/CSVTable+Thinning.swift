/// Reads files that are too long for a page: `timeseries.csv` and `lag.csv` of long runs.
extension CSVTable {
    /// Larger files are thinned for a page or charts.
    static let thinnedAboveByteCount = 32 << 20

    /// Reads a `timeseries.csv` of any size, and keeps only rows that a chart can show.
    /// - Parameter progress: gets the share that was read, now and then.
    init(
        thinningTimeSeries path: String, progress: (Double) -> Void
    ) throws(ReportingError) {
        var reader = try CSVRowReader(path: path)
        let columns = try reader.header()
        func places(_ names: [String]) -> [Int] { names.compactMap { columns.firstIndex(of: $0) } }
        let keys = places(["variant", "repetition", "phase", "role", "group"])
        // Time is one of the figures, so that the first and the last row are kept.
        let figures = places([
            "elapsed_s", "offered_rate_records_per_s", "sent_rate_records_per_s",
            "acked_rate_records_per_s", "consumed_rate_records_per_s", "logical_rate_mb_per_s",
            "stored_rate_mb_per_s", "response_latency_p50_us", "response_latency_p99_us",
            "response_latency_max_us", "e2e_latency_p50_us", "e2e_latency_p99_us",
            "e2e_latency_max_us", "lag_records", "hiccup_max_us",
        ])
        var thinner = SeriesThinner(figureCount: figures.count)
        var told = 0
        while try reader.nextRow(under: columns.count) {
            reader.tell(progress, &told)
            try thinner.add(
                key: reader.key(keys), figures: figures.map { reader.row.number(of: $0) }
            ) { () throws(ReportingError) in try reader.fields() }
        }
        self.init(columns, thinner, isCutOff: reader.isCutOff)
    }

    /// The same for a `lag.csv`. Its charts are over all partitions of a group, so it keeps one row
    /// for a group and a time, with the sum of the records and the largest age.
    init(thinningLag path: String, progress: (Double) -> Void) throws(ReportingError) {
        var reader = try CSVRowReader(path: path)
        let columns = try reader.header()
        let place = { columns.firstIndex(of: $0) }
        guard let time = place("elapsed_s") else {
            try self.init(path: path)
            return
        }
        let (records, age) = (place("lag_records"), place("lag_time_ms"))
        let runKeys = ["variant", "repetition"].compactMap(place)
        let keys = runKeys + ["group"].compactMap(place)
        var thinner = SeriesThinner(figureCount: 3)
        var told = 0
        var rowCount = 0
        var now: [UInt8] = []
        /// The groups' rows of that time.
        var groups: [[UInt8]: LagOfGroup] = [:]
        func flush() throws(ReportingError) {
            for (key, lag) in groups {
                try thinner.add(key: key, figures: [lag.time, lag.records, lag.age]) {
                    lag.fields(records: records, age: age)
                }
            }
            groups.removeAll(keepingCapacity: true)
        }
        while try reader.nextRow(under: columns.count) {
            reader.tell(progress, &told)
            rowCount += 1
            let moment = reader.key(runKeys + [time])
            if moment != now {
                try flush()
                now = moment
            }
            let key = reader.key(keys)
            if groups[key] == nil {
                groups[key] = LagOfGroup(
                    first: try reader.fields(), time: reader.row.number(of: time))
            }
            groups[key]?.add(
                records: records.flatMap { reader.row.number(of: $0) },
                age: age.flatMap { reader.row.number(of: $0) })
        }
        try flush()
        self.init(columns, thinner, isCutOff: reader.isCutOff, rowCount: rowCount)
    }

    private init(
        _ columns: [String], _ thinner: SeriesThinner, isCutOff: Bool, rowCount: Int? = nil
    ) {
        self.init(
            columns: columns, rows: thinner.rows, isCutOff: isCutOff,
            wholeRowCount: rowCount ?? thinner.rowCount)
    }
}

/// How far a group was behind at one time.
private struct LagOfGroup {
    let first: [String]
    let time: Double?
    private(set) var records: Double?
    private(set) var age: Double?

    init(first: [String], time: Double?) {
        self.first = first
        self.time = time
    }

    mutating func add(records more: Double?, age another: Double?) {
        if let more { records = (records ?? 0) + more }
        if let another { age = max(age ?? another, another) }
    }

    /// The first partition's row, with the figures of all partitions.
    func fields(records place: Int?, age otherPlace: Int?) -> [String] {
        var fields = first
        if let place { fields[place] = records.map { CSV.decimal($0, digits: 0) ?? "" } ?? "" }
        if let otherPlace {
            fields[otherPlace] = age.map { CSV.decimal($0, digits: 3) ?? "" } ?? ""
        }
        return fields
    }
}

extension CSVRowReader {
    fileprivate func tell(_ progress: (Double) -> Void, _ told: inout Int) {
        guard readByteCount - told >= 8 << 20 else { return }
        told = readByteCount
        progress(Double(told) / Double(max(byteCount, told)))
    }

    /// The bytes of some fields with separators, as a key.
    fileprivate func key(_ fields: [Int]) -> [UInt8] {
        var key: [UInt8] = []
        for field in fields {
            key += row.bytes[row.range(of: field)]
            key.append(0)
        }
        return key
    }

    fileprivate func fields() throws(ReportingError) -> [String] {
        var fields: [String] = []
        fields.reserveCapacity(row.fieldCount)
        for index in 0..<row.fieldCount { fields.append(try text(of: index)) }
        return fields
    }
}
