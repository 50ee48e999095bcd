import Testing

@testable import LoadGenerator

@Suite struct `The order of a comparison's runs` {
    private static func rounds(_ count: Int, of variants: Int, seed: UInt64 = 42) -> [[Int]] {
        (1...count).map { RunOrder.round(repetition: $0, of: variants, seed: seed) }
    }

    @Test(arguments: 1...13)
    func `has every variant once in every round, the first as written`(_ variants: Int) {
        let rounds = Self.rounds(30, of: variants)
        #expect(rounds[0] == Array(0..<variants))
        for round in rounds { #expect(round.sorted() == Array(0..<variants)) }
    }

    @Test(arguments: 1...13)
    func `gives each variant each place once in as many rounds as there are variants`(
        _ variants: Int
    ) {
        let rounds = Self.rounds(variants, of: variants)
        for place in 0..<variants {
            #expect(Set(rounds.map { $0[place] }).count == variants)
        }
    }

    @Test(arguments: 2...13)
    func `puts each variant behind each other one equally often`(_ variants: Int) {
        let isEven = variants.isMultiple(of: 2)
        let rounds = Self.rounds(isEven ? variants : 2 * variants, of: variants)
        var followers: [[Int]: Int] = [:]
        for round in rounds {
            for (first, second) in zip(round, round.dropFirst()) {
                followers[[first, second], default: 0] += 1
            }
        }
        #expect(followers.count == variants * (variants - 1))
        #expect(Set(followers.values) == [isEven ? 1 : 2])
    }

    @Test func `is drawn from the seed`() {
        #expect(Self.rounds(12, of: 12) == Self.rounds(12, of: 12))
        #expect(Self.rounds(12, of: 12) != Self.rounds(12, of: 12, seed: 43))
    }
}

@Suite struct `The plan of a comparison` {
    private static func plan(_ names: [String], repetitions: Int = 2) -> ComparisonPlan {
        var plan = ComparisonPlan(profile: "orders", seed: 42, repetitions: repetitions)
        for name in names { plan.add(name, settings: [], plannedSeconds: nil) }
        return plan
    }

    @Test func `has each variant in each repetition, interleaved`() {
        let runs = Self.plan(["a", "b", "c"], repetitions: 4).runs
        #expect(runs.count == 12)
        #expect(Set(runs).count == 12)
        #expect(runs.map(\.repetition) == runs.map(\.repetition).sorted())
    }

    @Test func `keeps the order of its runs when repetitions are added`() {
        let few = Self.plan(["a", "b", "c", "d"], repetitions: 2)
        let more = Self.plan(["a", "b", "c", "d"], repetitions: 5)
        #expect(Array(more.runs.prefix(8)) == few.runs)
    }

    @Test func `gives each variant a folder that a shell takes as it is`() {
        let names = [
            "zstd:3,64KiB", "zstd 3,64KiB", "zstd-3-64KiB", "..", "", "linger.ms=5ms", "größe/ü",
            String(repeating: "x", count: 500), String(repeating: "x", count: 400),
        ]
        let folders = Self.plan(names).variants.map(\.folder)
        #expect(
            folders.prefix(7) == [
                "zstd-3-64KiB", "zstd-3-64KiB-2", "zstd-3-64KiB-3", "variant..", "variant",
                "linger.ms-5ms", "gr--e--",
            ])
        #expect(Set(folders).count == names.count)
        #expect(folders.allSatisfy { $0.utf8.count <= 110 })
    }

    @Test func `of no variants has no runs`() {
        #expect(Self.plan([]).runs.isEmpty)
    }
}

@Suite struct `The time that a comparison still takes` {
    @Test func `is what the profiles say before a run has ended`() {
        let time = RemainingTime(plannedSeconds: [10, 20])
        #expect(time.seconds(left: [0, 1, 0]) == 40)
        #expect(time.seconds(left: [0, 1], elapsed: 4) == 26)
        #expect(time.seconds(left: []) == 0)
    }

    @Test func `is learnt from the runs of the same variant, else from all`() {
        var time = RemainingTime(plannedSeconds: [10, 10, nil])
        time.add(seconds: 12, of: 0)
        time.add(seconds: 14, of: 0)
        time.add(seconds: 40, of: 1)
        #expect(time.seconds(left: [0]) == 13)
        #expect(time.seconds(left: [1]) == 40)
        #expect(time.seconds(left: [2]) == 14)
    }

    @Test func `is unknown where a count of records ends a run that was never seen`() {
        let time = RemainingTime(plannedSeconds: [10, nil])
        #expect(time.seconds(left: [0]) == 10)
        #expect(time.seconds(left: [0, 1]) == nil)
    }

    @Test func `of a run that takes longer than expected is not negative`() {
        let time = RemainingTime(plannedSeconds: [10, 20])
        #expect(time.seconds(left: [0, 1], elapsed: 50) == 20)
    }
}
