import SeededRandom

typealias SeededGenerator = SeededRandom.SeededGenerator
