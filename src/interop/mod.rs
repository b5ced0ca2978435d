//! Microsoft's file formats, to and from the tenant's model; and the tenant that is built in.

mod sample;

pub use sample::{SAMPLE_YAML, sample};
