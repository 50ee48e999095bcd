import ArgumentParser
import CommitLog
import LoadGenerator
import Reporting

extension ExitStatus {
    /// Calls `work`, prints its errors on standard error, and turns them into exit statuses.
    static func explaining<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as ReportingError {
            throw failed(error, of(error))
        } catch let error as ProfileErrors {
            throw failed(error, of(error))
        } catch let error as PayloadError {
            throw failed(error, of(error))
        } catch let error as SweptProfile.IncomparableError {
            throw failed(error, badProfile)
        } catch let error as ComparisonFolder.ResumeError {
            throw failed(error, inputOutput)
        } catch let error as ComparisonLock.InUse {
            throw failed(error, inputOutput)
        } catch let error as RateFinderError {
            throw failed(error, error.isOfProfile ? badProfile : invalidRun)
        } catch let error as SampleError {
            throw failed(error, badProfile)
        } catch let error as LogError {
            throw failed(error, inputOutput)
        } catch let error as ComparisonError {
            // No run was finished.
            throw failed(error, error == .noRuns ? invalidRun : of(error))
        } catch let error as ComparabilityError {
            throw failed(error, .failure)
        } catch let error as FinishedSides.UnlikeError {
            throw failed(error, .failure)
        }
    }

    private static func failed(_ error: any Error, _ status: ExitCode) -> ExitCode {
        printError("\(error)")
        return status
    }
}
