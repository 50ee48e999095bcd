import ArgumentParser
import Glibc
import LoadGenerator
import Reporting

/// A file or folder that the user named on the command line, and that a command reads.
///
/// Commands ask for it before anything else, so that one that is missing has the same words and the
/// same exit status everywhere.
enum NamedInput {
    /// What was to be named there.
    enum Kind: String {
        case results = "name a results folder; 'weir ls' lists those below Results"
        case comparison =
            "name the folder of a comparison, or latest; 'weir ls' lists those below Results"
        case tree = "name a directory of results"
        case profileOrResults =
            "name a profile, which 'weir profiles' lists, or results folders, which 'weir ls' lists"
        case records = "name a file of records, the folder of a finished comparison, or --log-dir"
        case logDirectory = "name the log.dirs of a broker, Kafka's or Weir's"
        case logFile = "name a .log, .index, .timeindex, .txnindex or .snapshot file of a partition"
        case brokerSettings = "name a file of Kafka's broker settings"
        case sample = "name a file of records, one a line"
        case prices = "name a file of prices; see Profiles/prices.txt"
    }

    /// Also true of a file that cannot be reached, of which reading says why.
    static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR)
    }

    /// Prints an error for each path without a file, and ends the command.
    static func require(_ paths: [String], _ kind: Kind) throws {
        let missing = paths.filter { !exists($0) }
        for path in missing { printError("\(path): \(MissingFile.message); \(kind.rawValue)") }
        if !missing.isEmpty { throw ExitStatus.missingInput }
    }
}

extension ExitStatus {
    /// 66 if the profile's file is missing, else 65.
    static func of(_ errors: ProfileErrors) -> ExitCode {
        errors.areOfMissingFile ? missingInput : badProfile
    }

    static func of(_ error: PayloadError) -> ExitCode {
        if case .missing = error { missingInput } else { badProfile }
    }
}
