//! Settings that a real program needs to serve.

/// A secret key for tests.
pub const KEY: &str = "a-key-for-tests-that-is-long-enough-and-no-secret-0123456789abcdef";
/// The address of customer service, as a flag.
pub const CUSTOMER_SERVICE: [&str; 2] = ["--customer-service-url", "https://example.com/help"];
