//! The command line: every command with its arguments, and the exit codes.

use std::fmt::Write as _;

use clap::{Arg, Command};
use luvhive_app::error::EXIT_CODES;

use super::{check, head};

/// Lists commands below this one with their full names, in the order of the help.
fn commands(parent: &str, command: &Command) -> Vec<(String, Command)> {
    let mut found = Vec::new();
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        let name = format!("{parent} {}", below.get_name());
        found.push((name.clone(), below.clone()));
        found.extend(commands(&name, below));
    }
    found
}

/// How an argument is typed.
fn typed(argument: &Arg) -> String {
    let values = argument.get_value_names().unwrap_or_default();
    let takes = argument.get_action().takes_values();
    match argument.get_long() {
        Some(long) if takes => format!("--{long} <{}>", values.join(" ")),
        Some(long) => format!("--{long}"),
        None => format!("<{}>", values.join(" ")),
    }
}

/// A help text as one cell of a table.
fn cell(text: &impl ToString) -> String {
    text.to_string().replace('|', "\\|").replace('\n', " ")
}

fn write_arguments(page: &mut String, command: &Command) {
    let shown: Vec<&Arg> =
        command.get_arguments().filter(|argument| !["help", "version"].contains(&argument.get_id().as_str())).collect();
    if shown.is_empty() {
        return;
    }
    page.push_str("\n| Argument | What it does |\n| --- | --- |\n");
    for argument in shown {
        let help = argument.get_help().map(cell).unwrap_or_default();
        let defaults = argument.get_default_values().iter().map(|value| value.to_string_lossy());
        let default = defaults.collect::<Vec<_>>().join(" ");
        let is_flag = !argument.get_action().takes_values();
        let default = if default.is_empty() || is_flag { String::new() } else { format!(" Default: `{default}`.") };
        writeln!(page, "| `{}` | {help}.{default} |", cell(&typed(argument))).unwrap();
    }
}

fn page() -> String {
    let mut whole = luvhive_app::command_line();
    whole.build();
    let about = whole.get_about().map(ToString::to_string).unwrap_or_default();
    let mut page = format!(
        "# The command line\n\n<!-- {} -->\n\n{about}.\n`luvhive <command> --help` shows the same.\n\n## Exit codes\n\n\
         | Code | When |\n| --- | --- |\n",
        head("crates/app/src/cli.rs, crates/app/src/staff/ and crates/app/src/error.rs"),
    );
    for (code, when) in EXIT_CODES {
        writeln!(page, "| {code} | {when} |").unwrap();
    }
    page.push_str("\n## luvhive\n\nWithout a command it runs the bot, with the arguments of `luvhive run`.\n");
    write_arguments(&mut page, &whole);
    for (name, mut command) in commands("luvhive", &whole) {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let usage = command.render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ").trim();
        write!(page, "\n## {name}\n\n{about}.\n\n```text\n{usage}\n```\n").unwrap();
        let own = Command::new("own").args(command.get_arguments().filter(|argument| !argument.is_global_set()));
        write_arguments(&mut page, &own);
    }
    page
}

#[test]
fn the_reference_of_the_command_line() {
    check("docs/CLI.md", &page());
}
