//! Faults on request: throttling, latency, failures, lost answers and reads behind writes; the same with the same numbers.

use std::time::Duration;

use super::problem::Problem;
use crate::net::Response;

/// Which faults are made, each by counting calls, so that a run can be repeated.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// Every n-th change is answered 429 with a second to wait.
    pub throttle: Option<u64>,
    /// Every n-th change is answered 503.
    pub fail: Option<u64>,
    /// Every n-th answer is lost: the change is made, and the connection closed.
    pub drop: Option<u64>,
    /// How long each answer takes.
    pub latency: Duration,
    /// For how long reads show a user as before a change.
    pub stale: Duration,
    /// Shifts which call is the n-th.
    pub seed: u64,
}

/// Makes them, and counts what they go by.
#[derive(Debug)]
pub(super) struct Injector {
    faults: Faults,
    changes: u64,
    answers: u64,
}

impl Injector {
    pub fn new(faults: Faults) -> Self {
        Self {
            faults,
            changes: 0,
            answers: 0,
        }
    }

    /// For how long reads show a user as before a change.
    pub fn stale(&self) -> Duration {
        self.faults.stale
    }

    /// Asked before each call; a fault refuses it, and nothing is done.
    pub fn before(&mut self, method: &str) -> Result<(), Problem> {
        if method == "GET" {
            return Ok(());
        }
        self.changes += 1;
        let count = self.changes.wrapping_add(self.faults.seed);
        if is_nth(count, self.faults.throttle) {
            let mut problem = Problem::new(
                429,
                "TooManyRequests",
                "Too many requests. Please retry after the time in the Retry-After header.",
            );
            problem.retry_after = Some(1);
            return Err(problem);
        }
        // Not the same calls as those that are throttled.
        if is_nth(count.wrapping_add(1), self.faults.fail) {
            return Err(Problem::new(
                503,
                "ServiceUnavailable",
                "The service is temporarily unavailable. Please retry.",
            ));
        }
        Ok(())
    }

    pub fn after(&mut self, response: &mut Response) {
        self.answers += 1;
        response.delay = self.faults.latency;
        response.lost = is_nth(
            self.answers.wrapping_add(self.faults.seed),
            self.faults.drop,
        );
    }
}

fn is_nth(count: u64, n: Option<u64>) -> bool {
    n.is_some_and(|n| n > 0 && count.is_multiple_of(n))
}
