extension PayloadPool {
    /// Notes on the payload for the reader of the results.
    ///
    /// - Parameter reachedRatio: of the run's batches; nil if none were acknowledged.
    func notes(for profile: Profile, reachedRatio: Double?) -> [String] {
        var notes: [String] = []
        let batchSize = profile.producers.batchSize
        if repeats(within: batchSize), profile.producers.compression.codec != .none {
            notes.append(
                "the payload has only \(byteCount) bytes and repeats within a batch of "
                    + "\(batchSize): the compression ratio is higher than for longer data")
        }
        if let corpus, corpus.isSampled {
            notes.append(
                "\(corpus.readByteCount) of the corpus' \(corpus.fileByteCount) bytes were used; "
                    + "raise payload.pool to use more")
        }
        if let ratio { notes += ratio.notes(for: profile, reached: reachedRatio) }
        return notes
    }
}

extension ProducerTally {
    /// What one of several groups of producers has sent.
    func note(of group: String) -> String {
        let response = [("p50", 50.0), ("p99", 99)].compactMap { name, percent in
            responseLatency.percentile(percent).map {
                "\(name) \(Double($0 / 1_000) / 1_000) ms"
            }
        }
        return "producers \(group): \(ackedRecords) records acknowledged, \(failedRecords) failed"
            + (response.isEmpty ? "" : ", response latency " + response.joined(separator: ", "))
    }
}

extension RatioReport {
    /// Explains a difference between the requested ratio and the one that the run reached.
    fileprivate func notes(for profile: Profile, reached: Double?) -> [String] {
        let tolerance = 0.02
        if profile.producers.compression.codec == .none {
            return [
                "payload.ratio was calibrated for \(compression), but this run does not compress"
            ]
        }
        guard let reached, abs(reached / asked - 1) > tolerance else { return [] }
        if abs(achieved / asked - 1) > tolerance {
            return [
                "payload.ratio \(asked) is out of reach: batches of these records, as the run makes them, "
                    + "compress by \((achieved * 100).rounded() / 100) at most"
            ]
        }
        return [
            "payload.ratio \(asked) was not reached: the run's batches were less full than its rate, "
                + "linger.ms and batch.size suggest"
        ]
    }
}
