//! The program: see [`oplossingscentrum::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    oplossingscentrum::cli::main()
}
