//! The program's own table of routes, read from its source, so that a test misses an address that is added there.

/// An address of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    pub pattern: &'static str,
    pub get: bool,
    pub post: bool,
}

impl Route {
    pub fn is_demo(self) -> bool {
        self.pattern.starts_with("/demo/")
    }

    pub fn is_of_an_order(self) -> bool {
        self.pattern.contains("{reference}")
    }

    /// The address for that order and its first dispute.
    pub fn of(self, reference: &str) -> String {
        self.pattern.replace("{reference}", reference).replace("{number}", "1").replace("{external_id}", "1001")
    }
}

/// Every address.
pub fn routes() -> Vec<Route> {
    let source = include_str!("../../src/web/mod.rs");
    let table = source.split_once("pub fn routes").expect("the table of routes is there").1;
    let routes: Vec<Route> = table
        .split("resource(\"")
        .skip(1)
        .map(|service| {
            let (pattern, handlers) = service.split_once('"').unwrap();
            let (get, post) = (handlers.contains("route(get()"), handlers.contains("form("));
            assert!(get || post, "{pattern}: this test does not understand its methods");
            Route { pattern, get, post }
        })
        .collect();
    assert!(routes.len() > 30, "this test does not understand the table: {routes:?}");
    routes
}
