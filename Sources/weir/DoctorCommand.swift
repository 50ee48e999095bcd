import ArgumentParser
import Measurement

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Find what may make runs on this machine noisy, with a remedy for each.",
        discussion: """
            Checks the processor, the control group's limits, memory, the filesystem of the log, \
            the process's limits and the clock, and watches other programs for a second. \
            Changes nothing. The exit status is always 0.

              weir doctor
              weir doctor --out /mnt/nvme/results
            """)

    @Option(help: "The directory that results and logs will go to.")
    var out = ResultsDirectories.standard

    func run() throws {
        let findings = MachineCheckup(directory: out).findings
        let width = findings.map(\.subject.count).max() ?? 0
        for finding in findings {
            let mark = finding.isWell ? "ok" : "!!"
            let subject =
                finding.subject + String(repeating: " ", count: width - finding.subject.count)
            try printOut("\(mark)  \(subject)  \(finding.finding)")
            if let remedy = finding.remedy {
                try printOut(String(repeating: " ", count: width + 6) + "→ \(remedy)")
            }
        }
        let noisy = findings.count { !$0.isWell }
        try printOut(
            noisy == 0 ? "Nothing to do." : "\(noisy) of \(findings.count) may make runs noisy.")
    }
}
