import RecordFormat

extension ProducerStateLoader {
    /// A walk over the batches from a snapshot on.
    struct Replay {
        var state: State
        /// Where the snapshot was taken.
        let offset: Offset
        /// The transaction indexes have what was aborted below.
        let indexedEnd: Offset
        /// Of the gaps that are still to come.
        var gapEnds: ArraySlice<Offset>
        private var nextOffset = Offset.zero

        init(state: State, offset: Offset, indexedEnd: Offset, gapEnds: ArraySlice<Offset>) {
            self.state = state
            self.offset = offset
            self.indexedEnd = indexedEnd
            self.gapEnds = gapEnds
            nextOffset = offset
        }

        /// Takes up a segment's batches. Ends before the one that comes behind a gap at which a
        /// transaction is open, and returns its place.
        mutating func run(
            _ segment: LogSegment
        ) throws(LogError) -> (position: Int, gapStart: Offset)? {
            let file = try segment.file()
            let end = segment.byteCount
            var batches = SoundBatches(
                file, from: try segment.startingPosition(for: offset, in: file, below: end),
                to: end, nextOffset: segment.baseOffset,
                bounds: SoundBatchSearch.Bounds(baseOffset: segment.baseOffset), trust: .headers)
            while let step = try batches.next() {
                switch step {
                case .damage(let damage):
                    let place = LogError.corrupt(
                        path: segment.logPath, position: damage.range.lowerBound,
                        reason: "\(damage.reason)")
                    state.damage.append("\(place) Its readers are told so")
                case .batch(let header, let position):
                    guard header.lastOffset >= offset else { continue }
                    if isUndecided(before: header) { return (position, nextOffset) }
                    nextOffset = header.nextOffset
                    apply(header, at: position, of: segment, file)
                }
            }
            return nil
        }

        private mutating func isUndecided(before header: RecordBatchHeader) -> Bool {
            guard let gapEnd = gapEnds.first, gapEnd <= header.baseOffset else { return false }
            gapEnds = gapEnds.drop { $0 <= header.baseOffset }
            return state.table.openTransactions.firstOffset != nil
        }

        private mutating func apply(
            _ header: RecordBatchHeader, at position: Int, of segment: LogSegment,
            _ file: SegmentFile
        ) {
            let marker = header.attributes.isControl ? marker(header, position, file) : nil
            let completed = state.table.update(with: header, marker: marker)
            if let completed, completed.isAborted, completed.lastOffset >= indexedEnd {
                segment.didAbort(completed.indexEntry)
            }
        }

        /// What a control batch holds; nil where it cannot be read.
        private func marker(
            _ header: RecordBatchHeader, _ position: Int, _ file: SegmentFile
        ) -> ControlRecord? {
            guard header.sizeInBytes <= Self.maximumMarkerByteCount,
                let bytes = try? file.file.bytes(at: position, count: header.sizeInBytes),
                bytes.count == header.sizeInBytes,
                (try? RecordBatchHeader.validateChecksum(
                    of: unsafe bytes.span.bytes, header: header)) != nil
            else { return nil }
            return try? ControlRecord(batch: unsafe bytes.span.bytes, header: header)
        }

        /// A control batch has one small record, whatever later versions may add to it.
        private static let maximumMarkerByteCount = 64 << 10
    }
}
