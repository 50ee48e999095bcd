import LoadGenerator

extension [String] {
    /// As `--set`, `--vary` or `--threshold` takes them.
    var options: [OptionText] { map { OptionText($0) } }
}
