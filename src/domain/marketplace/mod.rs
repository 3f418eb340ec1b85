//! The marketplace's programs: the keys they come with.

pub mod key;
