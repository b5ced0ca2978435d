//! The way through Microsoft's portals to what a cmdlet does here.

mod get_portal_step;

pub use get_portal_step::GET_PORTAL_STEP;
