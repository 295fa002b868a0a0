//! How many threads the program works with.

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::thread::available_parallelism;

use tokio::runtime::Builder;

use crate::error::AppError;

/// The variable that overrides the number of worker threads; tokio's own.
const VARIABLE: &str = "TOKIO_WORKER_THREADS";

/// Runs `work` to its end, on a worker thread like everything it starts.
///
/// There is a worker thread for every second core and at least one: the other half is the database's, and updates that
/// pass from thread to thread cost more than they gain (`docs/decisions/0008-half-the-cores.md`).
/// `TOKIO_WORKER_THREADS` says otherwise.
///
/// # Errors
/// [`AppError::Threads`] if no threads can be started, and what `work` returns.
pub(crate) fn run<T: Send + 'static>(work: impl Future<Output = Result<T, AppError>> + Send + 'static) -> Result<T, AppError> {
    let mut builder = Builder::new_multi_thread();
    if std::env::var_os(VARIABLE).is_none() {
        builder.worker_threads(workers(available_parallelism().map_or(1, NonZeroUsize::get)));
    }
    let runtime = builder.enable_all().build().map_err(AppError::Threads)?;
    match runtime.block_on(runtime.spawn(work)) {
        Ok(outcome) => outcome,
        Err(failure) => resume_unwind(failure.into_panic()),
    }
}

fn workers(cores: usize) -> usize {
    (cores / 2).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_cores_are_the_databases() {
        for (cores, expected) in [(1, 1), (2, 1), (3, 1), (4, 2), (16, 8)] {
            assert_eq!(workers(cores), expected, "{cores} cores");
        }
    }
}
