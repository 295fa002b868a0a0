//! What can go wrong on the way to a running private cluster, each with its remedy.

use std::io;
use std::path::PathBuf;

/// Why a private cluster could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocalError {
    /// No usable server is installed and none may or can be fetched.
    #[error(
        "no PostgreSQL server (version {minimum} or newer) was found: {reason}; install one (on Debian and Ubuntu: \
         apt-get install postgresql), or name the folder of its initdb in LUVHIVE_PG_BIN, or give DATABASE_URL"
    )]
    NotFound {
        /// The oldest major version that serves.
        minimum: u32,
        /// What was tried.
        reason: String,
    },
    /// `LUVHIVE_PG_BIN` names a folder that holds no usable server, or no programs for copies where those are asked for.
    #[error(
        "LUVHIVE_PG_BIN names {dir}, which holds no usable PostgreSQL programs ({reason}); name the folder of initdb, \
         pg_ctl, postgres and pg_dump, or unset it"
    )]
    NamedFolder {
        /// The folder.
        dir: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The packages could not be downloaded or unpacked.
    #[error(
        "PostgreSQL's packages could not be fetched ({step}: {detail}); install it by hand (apt-get install \
         postgresql), name its folder in LUVHIVE_PG_BIN, or give DATABASE_URL"
    )]
    Fetch {
        /// The step that failed.
        step: &'static str,
        /// The tool's last words.
        detail: String,
    },
    /// The server's time zone tables are missing.
    #[error("{dir} is missing, and PostgreSQL cannot run without it; install it (apt-get install tzdata)")]
    NoTimeZones {
        /// The folder the packages expect.
        dir: PathBuf,
    },
    /// The data was made by another major version than the server found.
    #[error(
        "the database in {dir} was made by PostgreSQL {data}, but the server found is {server}; install version \
         {data} or name its folder in LUVHIVE_PG_BIN, or dump it there and restore it here"
    )]
    Version {
        /// The cluster's folder.
        dir: PathBuf,
        /// Major version of the data.
        data: u32,
        /// Major version of the server.
        server: u32,
    },
    /// A folder or file of the cluster cannot be made, read, or written.
    #[error("{path} cannot be used for the database; make it writable or choose another data directory")]
    Directory {
        /// The path.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A folder of the cluster belongs to somebody else.
    #[error("{path} belongs to another account (uid {owner}); run as that account, or choose another data directory")]
    Owner {
        /// The path.
        path: PathBuf,
        /// Who owns it.
        owner: u32,
    },
    /// Other accounts may write into a folder whose programs would be run.
    #[error("{path} can be written by other accounts; take that right away (chmod go-w), or remove the folder")]
    OpenToOthers {
        /// The path.
        path: PathBuf,
    },
    /// We run as root, and there is no account that the server could run as.
    #[error("PostgreSQL refuses to run as root, and neither account postgres nor nobody exists; run as a user")]
    NoAccount,
    /// Our account is a number without a name.
    #[error(
        "the account {uid} has no name on this machine, and PostgreSQL makes no database for such an account; run as one that \
         has (useradd, or a line in /etc/passwd of the container), or give DATABASE_URL"
    )]
    Nameless {
        /// The number.
        uid: u32,
    },
    /// A helper program is missing.
    #[error("the program {tool} is missing; install it (on Debian and Ubuntu: apt-get install {package})")]
    MissingTool {
        /// The program.
        tool: &'static str,
        /// The package that holds it.
        package: &'static str,
    },
    /// A program is older than the server whose data it should copy.
    #[error(
        "{tool} is version {version}, and the server is PostgreSQL {server}, of which an older program makes no copy; install \
         postgresql-client-{server}, or name the folder of its {tool} in LUVHIVE_PG_BIN"
    )]
    OldTool {
        /// The program.
        tool: &'static str,
        /// Its version.
        version: String,
        /// The server's major version.
        server: u32,
    },
    /// One of the server's programs could not be run or failed.
    #[error("{tool} failed: {detail}")]
    Tool {
        /// The program.
        tool: String,
        /// Its last words.
        detail: String,
    },
    /// A copy is where a new one should go, or is not where one should be.
    #[error("{path} {problem}; name another folder")]
    Copy {
        /// The file of the copy.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A name that no database of ours may have.
    #[error("{name:?} is no database name: 1 to 63 lower-case letters, digits and underscores are")]
    Name {
        /// The name.
        name: String,
    },
    /// The running server refused a request.
    #[error("the private cluster could not be asked")]
    Server(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl LocalError {
    /// Wraps what the running server answered.
    pub(super) fn server(source: tokio_postgres::Error) -> Self {
        Self::Server(Box::new(source))
    }

    /// Makes the constructor for an I/O failure at `path`.
    pub(super) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Directory { path, source }
    }

    /// Describes a program's failure by the last line it wrote.
    pub(super) fn tool(tool: &str, output: &[u8]) -> Self {
        Self::Tool { tool: tool.to_owned(), detail: last_words(output) }
    }
}

/// Returns the last two lines a program wrote, or a note that it wrote none.
pub(super) fn last_words(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let mut lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).rev().take(2).collect();
    lines.reverse();
    if lines.is_empty() { "it said nothing".to_owned() } else { lines.join(" / ") }
}
