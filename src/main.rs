//! The program: see [`oplossingscentrum::cli`].

use std::process::ExitCode;

/// A page is a thousand small pieces of memory, on several threads: the system's own allocator takes twice as long for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    oplossingscentrum::cli::main()
}
