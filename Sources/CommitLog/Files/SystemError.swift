import Glibc

/// The system's sentence for an errno.
func errorText(_ code: Int32) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard let start = buffer.baseAddress else { return "unknown error" }
        guard unsafe strerror_r(code, start, buffer.count) == 0 else {
            return "unknown error"
        }
        return unsafe String(cString: start)
    }
}

extension LogError {
    /// The error of a system call that just failed, read from errno.
    static func fromErrno(_ operation: String, _ path: String) -> LogError {
        systemError(operation, path, code: errno)
    }

    static func systemError(_ operation: String, _ path: String, code: Int32) -> LogError {
        code == ENOSPC || code == EDQUOT
            ? .noSpace(operation: operation, path: path)
            : .system(operation: operation, path: path, code: code)
    }
}

/// The errno behind `LogError.noSpace`.
let noSpaceCode: Int32 = ENOSPC
/// The errno of a file that is there already.
let existsCode: Int32 = EEXIST
/// The errno of a file that is not there.
let noFileCode: Int32 = ENOENT
