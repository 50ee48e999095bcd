import Measurement

extension ReportVerdict {
    /// The verdict of one run.
    init(run row: CSVTable.Row) {
        let word = row["verdict"] ?? "NO VERDICT"
        self.init(word: word, tone: Self.tone(of: word), meaning: Self.meaning(of: word))
        reasons = Self.reasons(row)
    }

    /// For a folder whose summary has no row.
    static let unfinished = ReportVerdict(
        word: "UNFINISHED", tone: "unknown",
        meaning: "There is no row in summary.csv: no run finished, or the file was not "
            + "copied. The page shows the other files, but the run has no verdict.")

    /// For a folder of `weir roofline`, which has no verdict.
    static let roofline = ReportVerdict(
        word: "ROOFLINE", tone: "unknown",
        meaning: "The limits of this machine, and the engine's share of each.")

    /// A folder of `weir advise --codecs`, where no run could be valid or not.
    static let codecs = ReportVerdict(
        word: "CODECS", tone: "unknown",
        meaning:
            "Codecs alone on a sample, without an engine; intervals say how well each is known.")

    /// The verdicts of several runs together, in the tone of the worst.
    init(runs rows: [CSVTable.Row]) {
        let words = rows.map { $0["verdict"] ?? "NO VERDICT" }
        let present = Self.fromWorst.filter(words.contains) + words.filter(Self.isUnknown).uniqued()
        guard let worst = present.first else {
            self = .unfinished
            return
        }
        let validCount = words.count { $0 == "VALID" }
        let isOne = present.count == 1
        self.init(
            word: isOne ? worst : "\(validCount) of \(words.count) VALID",
            tone: Self.tone(of: worst),
            meaning: isOne
                ? "All \(words.count) runs. \(Self.meaning(of: worst))"
                : present.filter { $0 != "VALID" }
                    .map { "\($0): \(Self.meaning(of: $0))" }.joined(separator: " "))
        reasons = Self.reasons(ofEach: rows)
    }

    /// Runs that are not valid, each with its reasons, up to a readable number.
    private static func reasons(ofEach rows: [CSVTable.Row]) -> [String] {
        let doubtful = (fromWorst.dropLast() + [nil]).flatMap { word in
            rows.filter { row in
                let own = row["verdict"]
                return word == nil ? own.map(isUnknown) ?? true : own == word
            }
        }
        var lines = doubtful.prefix(reasonLimit).map { row in
            "\(row["variant"] ?? "default"), repetition \(row["repetition"] ?? "1"): "
                + ([row["verdict"] ?? "NO VERDICT"] + reasons(row)).joined(separator: "; ")
        }
        if doubtful.count > reasonLimit {
            lines.append("and \(doubtful.count - reasonLimit) more, in the table of runs below")
        }
        return lines
    }

    private static let reasonLimit = 6

    private static func reasons(_ row: CSVTable.Row) -> [String] {
        row["verdict_reasons"]?.components(separatedBy: "; ").filter { !$0.isEmpty } ?? []
    }

    private static let fromWorst = ["INVALID", "SUSPECT", "GENERATOR_BOUND", "VALID"]

    private static func isUnknown(_ word: String) -> Bool { !fromWorst.contains(word) }

    static func tone(of word: String) -> String {
        switch word {
        case "VALID": "valid"
        case "SUSPECT": "suspect"
        case "GENERATOR_BOUND": "bound"
        case "INVALID": "invalid"
        default: "unknown"
        }
    }

    private static func meaning(of word: String) -> String {
        Verdict(rawValue: word)?.meaning ?? "This version of Weir does not know this verdict."
    }
}
