//! The product through its front door.
fn main_stub() {}
