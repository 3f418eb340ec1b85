//! The program as a process, and what of the machine it takes.

use std::net::SocketAddr;

use crate::server::{Recipe, Server};

/// The program, running.
pub struct Program {
    server: Server,
    /// Where its log is, as long as it runs.
    _recipe: Recipe,
}

impl Program {
    /// Starts it on that database, and waits until it answers.
    pub fn start(database: String) -> Self {
        let recipe = Recipe::with(database, &[]);
        Self { server: recipe.start(), _recipe: recipe }
    }

    pub fn address(&self) -> SocketAddr {
        self.server.address
    }
}
