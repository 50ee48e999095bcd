import Foundation
import LoadGenerator
import Reporting

/// Finds comparisons in a directory of results, for `--resume latest`.
struct ComparisonSearch {
    let out: String
    /// The kind of plan to find.
    var purpose = ComparisonPlan.Purpose.comparison

    private var noun: String {
        purpose == .comparison ? "comparison" : "search for the highest rate"
    }

    /// The newest comparison, of one profile or of any.
    func newest(of profile: String?) throws -> String {
        let names = profile.map { [$0] } ?? Self.folders(in: out)
        let found = names.flatMap { name in comparisons(of: name) }
        // Their names are times, so they sort.
        guard let newest = found.max(by: { Self.time($0) < Self.time($1) }) else {
            throw ComparisonFolder.ResumeError(
                description: "\(out): no \(noun)\(profile.map { " of \($0)" } ?? "") to "
                    + "resume; name its folder, or say with --out where results are")
        }
        return newest
    }

    /// The newest comparison of a profile that has unfinished runs.
    func unfinished(of profile: String) -> String? {
        guard let path = comparisons(of: profile).max(by: { Self.time($0) < Self.time($1) }),
            let folder = try? ComparisonFolder(resuming: path),
            !folder.plan.runs.allSatisfy(folder.isFinished)
        else { return nil }
        return path
    }

    private func comparisons(of profile: String) -> [String] {
        let parent = out + "/" + ResultsFolder.fileName(for: profile)
        return Self.folders(in: parent).map { parent + "/" + $0 }.filter { folder in
            let file = folder + "/" + ComparisonPlan.fileName
            guard let data = FileManager.default.contents(atPath: file) else { return false }
            // A comparison that cannot be read is included, so that its error is printed.
            let plan = try? JSONDecoder().decode(ComparisonPlan.self, from: data)
            return plan.map { $0.purpose == purpose } ?? true
        }
    }

    private static func time(_ path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }

    /// Skips links: `latest` points at another of the folders.
    private static func folders(in path: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { name in
            let kind = try? FileManager.default.attributesOfItem(atPath: path + "/" + name)[.type]
            return kind as? FileAttributeType == .typeDirectory
        }
    }
}
