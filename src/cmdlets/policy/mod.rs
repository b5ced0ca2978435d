//! Cmdlets about the tenant's policy.

mod test_policy;

pub use test_policy::TEST_POLICY;
