import CMemory

/// Gives freed memory back to the system. The allocator keeps freed memory that lies between live
/// allocations, and a flood of requests or answers would leave the process as large as it was at
/// its height.
/// Thread contract: any thread, one call at a time.
struct MemoryReturn: Sendable {
    /// The search is not worth it for less.
    private static let leastByteCount = 64 << 20

    private let services: ConnectionServices

    init(_ services: ConnectionServices) { self.services = services }

    /// Looks whether much has been freed since the last call, and gives it back beside the event
    /// loop.
    func giveBack() {
        let peak = services.memory.takePeak() + services.answers.takePeak()
        let used = services.memory.usedByteCount + services.answers.usedByteCount
        guard peak - used >= Self.leastByteCount else { return }
        services.longWork.run { weir_return_memory() }
    }
}
