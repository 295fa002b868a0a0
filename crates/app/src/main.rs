//! Entry point: hands the command line and the environment to the library and reports its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    luvhive_app::main(std::env::args_os(), std::env::vars_os())
}
