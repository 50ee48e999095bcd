import Foundation
import Testing

@testable import Measurement

/// A case of `Interop/statistics_reference.py`: two samples and what SciPy, or counting every
/// resample, says of them.
private struct ReferenceCase: Decodable {
    var name: String
    var a: [Double]
    var b: [Double]
    var median: Double
    var outliers: [Int]
    var countedInterval: [Double]?
    var countedRatioInterval: [Double]?
    var resampledInterval: [Double]?
    var resampledRatioInterval: [Double]?
    var u: Double?
    var p: Double?
}

@Suite struct `Statistics that SciPy knows, too` {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let python = ProcessInfo.processInfo.environment["WEIR_TEST_PYTHON"]

    @Test func `are what it said of the samples of the golden file`() throws {
        let golden = Self.folder.appending(path: "Golden/statistics.json")
        try compare(Data(contentsOf: golden), "golden")
    }

    @Test(
        .enabled(if: python != nil, "WEIR_TEST_PYTHON names no Python with SciPy"))
    func `are what it says of samples that nobody has seen`() throws {
        let seed =
            ProcessInfo.processInfo.environment["WEIR_TEST_SEED"]
            ?? String(UInt32.random(in: 0 ... .max))
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.python))
        process.arguments = [
            Self.folder.appending(path: "Interop/statistics_reference.py").path, seed,
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        try compare(data, "WEIR_TEST_SEED=\(seed)")
    }

    private func compare(_ data: Data, _ origin: String) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let cases = try decoder.decode([ReferenceCase].self, from: data)
        #expect(cases.count > 20)
        for reference in cases {
            let place = "\(reference.name), \(origin)"
            #expect(isClose(Statistics.median(reference.a), reference.median), "\(place)")
            #expect(Statistics.outliers(reference.a) == reference.outliers, "\(place)")
            let test = MannWhitney(reference.a, reference.b)
            if let p = reference.p {
                #expect(test?.u == reference.u, "\(place)")
                #expect(isClose(test?.p, p), "\(place): \(test?.p ?? -1), not \(p)")
            }
            compareIntervals(reference, place)
        }
    }

    private func compareIntervals(_ reference: ReferenceCase, _ place: String) {
        guard let a = BootstrapMedian(reference.a), let b = BootstrapMedian(reference.b) else {
            #expect(reference.countedInterval == nil, "\(place)")
            return
        }
        let ofMedian = { a.interval(level: $0) }
        let ofRatio = { BootstrapMedian.ratioInterval(of: a, to: b, level: $0)! }
        expect(ofMedian, isAt: reference.countedInterval, slack: 0, place)
        expect(ofRatio, isAt: reference.countedRatioInterval, slack: 0, place)
        // A tail of 2.5 % of a hundred thousand resamples is that ± 0.05 %; this is five times so much.
        expect(ofMedian, isAt: reference.resampledInterval, slack: 0.005, place)
        expect(ofRatio, isAt: reference.resampledRatioInterval, slack: 0.005, place)
    }

    /// Holds where the ends lie between ours at levels a little higher and a little lower: an end
    /// can jump from one value to the next.
    private func expect(
        _ interval: (Double) -> ClosedRange<Double>, isAt expected: [Double]?, slack: Double,
        _ place: String
    ) {
        guard let expected else { return }
        let (wide, narrow) = (interval(0.95 + slack), interval(0.95 - slack))
        let rounding = 1e-9 * abs(expected[1])
        let isAt =
            expected[0] >= wide.lowerBound - rounding
            && expected[0] <= narrow.lowerBound + rounding
            && expected[1] >= narrow.upperBound - rounding
            && expected[1] <= wide.upperBound + rounding
        #expect(isAt, "\(place): \(wide) to \(narrow), not \(expected)")
    }

    private func isClose(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) <= 1e-9 * max(abs(expected), 1e-3) } ?? false
    }
}
