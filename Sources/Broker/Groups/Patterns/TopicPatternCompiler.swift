/// What a regular expression consists of.
indirect enum TopicPatternNode {
    case empty
    case characters(ByteSet)
    case assertion(TopicPattern.Assertion)
    case sequence([TopicPatternNode])
    case alternatives([TopicPatternNode])
    /// Without `most`, any number of times.
    case repetition(TopicPatternNode, least: Int, most: Int?)
}

/// Makes the states of a pattern from its parts.
struct TopicPatternCompiler {
    private(set) var program: [TopicPattern.State] = []
    /// Repetitions of nothing make no states, and are counted, too.
    private var visits = 0

    mutating func append(_ node: TopicPatternNode) throws(TopicPatternError) {
        visits += 1
        guard max(visits, program.count) < TopicPattern.maximumStateCount else {
            throw TopicPatternError("expression is too large")
        }
        switch node {
        case .empty: break
        case .characters(let set): program.append(.character(set))
        case .assertion(let assertion): program.append(.assertion(assertion))
        case .sequence(let parts): for part in parts { try append(part) }
        case .alternatives(let alternatives): try append(alternatives[...])
        case .repetition(let part, let least, let most):
            for _ in 0..<least { try append(part) }
            guard let most else { return try appendAnyNumber(of: part) }
            try appendOptional(part, most - least)
        }
    }

    private mutating func append(
        _ alternatives: ArraySlice<TopicPatternNode>
    ) throws(TopicPatternError) {
        var jumps: [Int] = []
        for (index, alternative) in zip(alternatives.indices, alternatives) {
            if index == alternatives.endIndex - 1 {
                try append(alternative)
                break
            }
            let split = program.count
            program.append(.split(split + 1, split))
            try append(alternative)
            jumps.append(program.count)
            program.append(.jump(0))
            program[split] = .split(split + 1, program.count)
        }
        for jump in jumps { program[jump] = .jump(program.count) }
    }

    private mutating func appendAnyNumber(of part: TopicPatternNode) throws(TopicPatternError) {
        let split = program.count
        program.append(.split(split + 1, split))
        try append(part)
        program.append(.jump(split))
        program[split] = .split(split + 1, program.count)
    }

    /// The part so many times at most: each time it may be left out with all that follow.
    private mutating func appendOptional(
        _ part: TopicPatternNode, _ count: Int
    ) throws(TopicPatternError) {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(program.count)
            program.append(.split(0, 0))
            try append(part)
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
    }
}
