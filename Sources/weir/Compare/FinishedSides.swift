import LoadGenerator
import Reporting

/// The sides, such as before and after a change, that runs of the same settings come from.
///
/// With `--against` there are two: the baseline and the rest. Without it, runs whose `Provenance`
/// differs (label, version of Weir, codecs, kernel …) are on different sides. If it does not
/// differ, each folder is a side if only two were given or one of them has several repetitions,
/// unless the user gave all the same label; else the runs are repetitions of one variant.
struct FinishedSides {
    typealias Run = FinishedVariants.Run

    /// A name for each run of each folder.
    let names: [[String]]
    /// For variants with a baseline of their own: the baseline's name, by the variant's.
    let counterparts: [String: String]
    /// Settings that differ between the sides of `--against` and that their names do not contain.
    private(set) var notes: [String] = []

    /// Two sides without a variant in common.
    struct UnlikeError: Error, CustomStringConvertible {
        let baseline: [String]
        let compared: [String]

        var description: String {
            "no variant is on both sides: the baseline has \(baseline.joined(separator: ", ")), the "
                + "results compared with it have \(compared.joined(separator: ", "))"
        }
    }

    // MARK: Sides without --against

    /// - Parameter names: by settings.
    init(_ runs: [[Run]], _ names: [[String]]) {
        let all = Array(runs.joined())
        let origins = Provenance.names(of: all.map(\.provenance))
        let folders = runs.enumerated().flatMap { index, runs in runs.map { _ in index } }
        let flat = Array(names.joined())
        var sides = [String?](repeating: nil, count: all.count)
        for name in Set(flat) {
            let own = flat.indices.filter { flat[$0] == name }
            if Set(own.map { origins[$0] }).count > 1 {
                for index in own { sides[index] = origins[index] }
            } else if Self.areApart(own.map { folders[$0] }, of: runs.count),
                !Self.haveOneLabel(own.map { all[$0] })
            {
                for index in own { sides[index] = all[index].folder }
            }
        }
        let isOneName = Set(flat).count == 1
        let full = zip(flat, sides).map { Self.name($0, $1, isAlone: isOneName) }
        var firstOf: [String: String] = [:]
        for (index, name) in flat.enumerated() where sides[index] != nil {
            if firstOf[name] == nil { firstOf[name] = full[index] }
        }
        // With one variant on several sides, the sides are compared like variants.
        counterparts =
            firstOf.count > 1
            ? full.indices.reduce(into: [:]) { counterparts, index in
                guard let first = firstOf[flat[index]], first != full[index] else { return }
                counterparts[full[index]] = first
            } : [:]
        self.names = Self.grouped(full, like: runs)
    }

    /// Whether folders of runs without differences are sides, and not repetitions.
    /// - Parameter folders: the folder of each run.
    private static func areApart(_ folders: [Int], of count: Int) -> Bool {
        let distinct = Set(folders)
        return distinct.count > 1 && (count == 2 || folders.count > distinct.count)
    }

    /// Whether the user gave these runs the same label; then they are one side.
    private static func haveOneLabel(_ runs: [Run]) -> Bool {
        runs[0].provenance.label != nil && Set(runs.map(\.provenance.label)).count == 1
    }

    // MARK: Sides by --against

    /// - Parameters:
    ///   - before: the runs of the baseline, by folder.
    ///   - oldNames: their names, by the settings that differ among them.
    init(
        before: [[Run]], _ oldNames: [[String]], after: [[Run]], _ newNames: [[String]]
    ) throws(UnlikeError) {
        let titles = Self.titles(Array(before.joined()), Array(after.joined()))
        let (old, new) = (oldNames.joined().uniqued(), newNames.joined().uniqued())
        let isAlone = old.count == 1 && new.count == 1
        func full(_ name: String, _ side: String) -> String {
            Self.name(name, side, isAlone: isAlone)
        }
        var counterparts: [String: String] = [:]
        for name in new {
            // A baseline of a single variant is the baseline of all.
            guard let other = old.count == 1 ? old[0] : old.first(where: { $0 == name }) else {
                continue
            }
            counterparts[full(name, titles.new)] = full(other, titles.old)
        }
        guard !counterparts.isEmpty else {
            throw UnlikeError(baseline: old, compared: new)
        }
        self.counterparts = counterparts
        notes = titles.untold.map { name in
            let values = [before[0][0], after[0][0]].map { $0.settings.values[name] ?? "unset" }
            return "different \(name): \(values[0]) (\(titles.old)); \(values[1]) (\(titles.new))"
        }
        names =
            oldNames.map { $0.map { full($0, titles.old) } }
            + newNames.map { $0.map { full($0, titles.new) } }
    }

    /// Titles of the two sides: by their provenance, else by the settings that differ, else by
    /// their folders. `untold` are the settings that differ and are not in the titles.
    private static func titles(
        _ before: [Run], _ after: [Run]
    ) -> (old: String, new: String, untold: [String]) {
        let changed = changedSettings(before, after)
        if let names = Provenance.names(before.map(\.provenance), after.map(\.provenance)) {
            return (names.first, names.second, changed)
        }
        if (1...FinishedVariants.maximumSettings).contains(changed.count),
            let old = before[0].settings.label(of: changed),
            let new = after[0].settings.label(of: changed), old != new
        {
            return (old, new, [])
        }
        let titles = [before, after].map { runs in
            let folders = runs.map(\.folder).uniqued()
            return folders[0] + (folders.count > 1 ? " and \(folders.count - 1) more" : "")
        }
        return (titles[0], titles[1], changed)
    }

    /// The settings that have one value on one side, and another on the other.
    private static func changedSettings(_ before: [Run], _ after: [Run]) -> [String] {
        WrittenSettings.differing(among: (before + after).map(\.settings)).filter { name in
            let values = [before, after].map { Set($0.map { $0.settings.values[name] }) }
            return values.allSatisfy { $0.count == 1 } && values[0] != values[1]
        }
    }

    // MARK: Names

    private static func name(_ variant: String, _ side: String?, isAlone: Bool) -> String {
        guard let side else { return variant }
        return isAlone ? side : "\(variant) (\(side))"
    }

    private static func grouped(_ names: [String], like runs: [[Run]]) -> [[String]] {
        var start = 0
        return runs.map { runs in
            defer { start += runs.count }
            return Array(names[start..<(start + runs.count)])
        }
    }
}
