import Glibc

/// A profile that answers to five questions make, with comments.
public struct NewProfile: Sendable {
    public enum Question: String, Sendable {
        case target, rate, records, codec, duration

        public var words: String {
            switch self {
            case .target: "What gets the load: embedded, broker, or host:port of a cluster?"
            case .rate: "Records a second, or max?"
            case .records: "A file of your own records, one a line, or the size of made-up ones?"
            case .codec: "Compression: none, gzip, snappy, lz4, zstd, or with a level zstd:3?"
            case .duration: "How long is measured?"
            }
        }
    }

    public static let questions: [Question] = [.target, .rate, .records, .codec, .duration]

    private var target = "embedded"
    private var rate = "20k/s"
    private var size = "1KiB"
    private var sample: String?
    private var codec = "lz4"
    private var duration = "30s"

    public init() {}

    public func shown(_ question: Question) -> String {
        switch question {
        case .target: target
        case .rate: rate
        case .records: sample ?? size
        case .codec: codec
        case .duration: duration
        }
    }

    /// Takes an answer.
    /// - Parameter option: what errors call it.
    /// - Throws: what is wrong with it; then nothing has changed.
    public mutating func answer(
        _ question: Question, _ text: String, option: String
    ) throws(ProfileErrors) {
        var new = self
        let setting: String
        switch question {
        case .target:
            new.target = text
            setting = new.isCluster ? "client.bootstrap.servers" : "target"
        case .rate:
            new.rate = text
            setting = "producers.rate"
        case .records:
            new.sample = option != "--size" && Self.isFile(text) ? text : nil
            if new.sample == nil { new.size = text }
            setting = new.sample == nil ? "payload.size" : "payload.file"
        case .codec:
            new.codec = text
            setting = "compression.type"
        case .duration:
            new.duration = text
            setting = "duration"
        }
        // As an option it is read before the file, whose faults would have lines that nobody wrote.
        let usual = NewProfile()
        var base = self
        switch question {
        case .target: base.target = usual.target
        case .records: base.sample = new.sample
        case .rate, .codec, .duration: break
        }
        _ = try Profile(
            yaml: base.yaml(named: "profile"), source: option,
            overrides: [OptionText("\(setting)=\(text)", origin: "\(option) \(text)")]
                + (new.isCluster && question == .target ? ["target=kafka"] : []))
        // What is a good option may still not stand in the text as it is.
        _ = try Profile(yaml: new.yaml(named: "profile"), source: option)
        self = new
    }

    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
    }

    private var isCluster: Bool {
        !["embedded", "broker", "discard"].contains(target) && target.contains(":")
    }

    /// The text of the profile.
    /// - Parameter file: its name, for the comments.
    public func yaml(named file: String) -> String {
        let line =
            isCluster
            ? "target: kafka\nclient: {bootstrap.servers: \(YAMLText.quoted(target))}"
            : "target: \(target)"
        let payload =
            sample.map { "{kind: corpus, file: \(YAMLText.quoted($0)), format: lines}" }
            ?? "{kind: ratio, size: \(size), ratio: 4}"
        let what = sample.map { "of \($0)" } ?? "of \(size)"
        // Made-up records are calibrated with the codec, so they cannot compare codecs.
        let varied =
            sample == nil ? "linger.ms=0ms,5ms,20ms" : "compression.type=none,lz4,zstd:1"
        let question = "How fast and how late are records \(what) at \(rate) with \(codec)?"
        return """
            # Run it:                      weir run \(file)
            # Try other settings:          weir compare \(file) --vary \(varied)
            # What a setting means:        weir profiles explain linger
            # All settings, with defaults: weir profiles show \(file)
            description: \(YAMLText.quoted(question))

            # embedded: Weir's log engine in this process. broker: the same behind Kafka's protocol, in a
            # process of its own. kafka: the cluster of client.bootstrap.servers.
            \(line)

            topics:
              name: load
              partitions: 6
              # Old segments are deleted, so that the run needs little disk.
              config: {segment.bytes: 64MiB, retention.bytes: 256MiB, file.delete.delay.ms: 0}

            producers:
              count: 2
              # Of all producers together, kept by a schedule that waits for nobody. max: as fast as the
              # target takes them; latencies are then not those that a user would have.
              rate: \(rate)
              config:
                compression.type: \(codec)
                # A batch is sent when it is full, or after linger.ms: larger ones compress better, and wait.
                batch.size: 64KiB
                linger.ms: 5ms
                # Every replica has it before it counts as sent.
                acks: all

            # corpus: a file of yours. ratio: made up, as compressible as ratio says. Others: weir profiles
            # explain payload.kind
            payload: \(payload)

            # Each group reads everything, and says how far behind it is.
            consumers:
              - {group: readers}

            # Sent and not counted, while caches and connections become warm.
            warmup: 3s
            duration: \(duration)

            # The exit status is 99 if one does not hold: weir profiles explain thresholds
            # thresholds: [lost == 0, e2e_latency_p99 < 50ms]

            """
    }
}
