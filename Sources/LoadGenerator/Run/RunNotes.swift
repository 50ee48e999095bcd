extension PayloadPool {
    /// What a reader of a run's results must know of its payload.
    func notes(for profile: Profile) -> [String] {
        var notes: [String] = []
        let batchSize = profile.producers.batchSize
        if repeats(within: batchSize), profile.producers.compression.codec != .none {
            notes.append(
                "the payload has only \(byteCount) bytes and comes more than once in a batch of "
                    + "\(batchSize): compression looks better than on longer data")
        }
        if let corpus, corpus.isSampled {
            notes.append(
                "\(corpus.readByteCount) of the corpus' \(corpus.fileByteCount) bytes were used; "
                    + "raise payload.pool to use more")
        }
        if let ratio {
            notes.append(
                "a compression ratio of \(ratio.asked) was asked for, and \(ratio.achieved) reached "
                    + "with \(ratio.compression)")
        }
        return notes
    }
}
