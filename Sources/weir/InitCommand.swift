import ArgumentParser
import Foundation
import Glibc
import LoadGenerator

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a profile of your own, from five questions.",
        discussion: """
            Asks for the target, the rate, the records, the codec and the duration, unless options answer. \
            Without a terminal, what no option answers has its default. The profile has comments, and \
            weir run takes it as it is.

              weir init
              weir init mine.yaml --target kafka-1:9092 --rate 20k/s --sample events.ndjson
              weir init - --size 500 --codec lz4
            """)

    @Argument(help: "The file to write; - is standard output.", completion: .file())
    var file = "weir.yaml"

    @Option(
        help: ArgumentHelp(
            "embedded, broker, or the brokers of a cluster.", valueName: "target|host:port,…"))
    var target: String?

    @Option(help: "Records a second of all producers (50k/s), or max.")
    var rate: String?

    @Option(help: "The size of a record: 1KiB, 500. For made-up records that compress 4 times.")
    var size: String?

    @Option(
        help: ArgumentHelp("A file of your own records, one a line.", valueName: "file"),
        completion: .file())
    var sample: String?

    @Option(help: "compression.type: none, gzip, snappy, lz4, zstd, or zstd:3.")
    var codec: String?

    @Option(help: "Length of the measured part (10s, 5m).")
    var duration: String?

    @Flag(help: "Replace the file if it is there.")
    var force = false

    func validate() throws {
        guard size == nil || sample == nil else {
            throw ValidationError("--size is for made-up records; remove it, or --sample")
        }
    }

    func run() throws {
        if let sample { try NamedInput.require([sample], .sample) }
        guard file == "-" || force || !NamedInput.exists(file) else {
            printError("\(file): the file is there; name another one, or give --force")
            throw ExitStatus.badInput
        }
        var answers = NewProfile()
        // Standard output is the profile's.
        let asks = isatty(STDIN_FILENO) == 1 && StandardError.isTerminal
        do throws(ProfileErrors) {
            for question in NewProfile.questions {
                let given = self.given(question)
                if given == nil, asks {
                    ask(question, &answers)
                } else if let given {
                    try answers.answer(question, given.value, option: given.option)
                }
            }
        } catch {
            printError("\(error)")
            throw ExitStatus.of(error)
        }
        guard file != "-" else {
            return try printOut(answers.yaml(named: "mine.yaml"), terminator: "")
        }
        do throws(TextFile.Failure) {
            try TextFile.write(answers.yaml(named: file), to: file, adds: false)
        } catch {
            printError("\(file): cannot be written: \(error)")
            throw ExitStatus.inputOutput
        }
        try printOut("\(file) is written; run it with: weir run \(file)")
    }

    private func given(_ question: NewProfile.Question) -> (value: String, option: String)? {
        switch question {
        case .target: target.map { ($0, "--target") }
        case .rate: rate.map { ($0, "--rate") }
        case .records: sample.map { ($0, "--sample") } ?? size.map { ($0, "--size") }
        case .codec: codec.map { ($0, "--codec") }
        case .duration: duration.map { ($0, "--duration") }
        }
    }

    /// Asks until the answer can be used. An empty one, or the end of the input, is the default.
    private func ask(_ question: NewProfile.Question, _ answers: inout NewProfile) {
        while true {
            writeToStandardError("\(question.words) [\(answers.shown(question))] ")
            let line = (readLine() ?? "").trimmingCharacters(in: .whitespaces)
            guard !line.isEmpty else { return }
            do throws(ProfileErrors) {
                return try answers.answer(question, line, option: question.rawValue)
            } catch {
                printError("\(error)")
            }
        }
    }
}
