//! The marketplace's programs: the keys they come with, and the endpoints that are told of entries.

pub mod endpoint;
pub mod key;
