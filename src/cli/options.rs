//! What can be typed behind `tenantsh`, and what is made of it: completions for shells, the man page.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::diagnostic::{Category, Diagnostic};
use crate::format::Format;

/// The licenses of a Microsoft 365 tenant: import, rehearse, change, take back.
#[derive(Parser)]
#[command(
    name = "tenantsh",
    version,
    disable_version_flag = true,
    disable_help_subcommand = true,
    subcommand_negates_reqs = true
)]
#[command(
    override_usage = "tenantsh [OPTIONS] [-c LINE | COMMAND]     without either it is a shell",
    help_template = "{about}\n{usage-heading} {usage}\n\n{all-args}"
)]
pub struct Options {
    #[command(flatten)]
    pub global: Global,
    /// Print version
    #[arg(short = 'V', long, action = ArgAction::Version, hide = true)]
    pub version: Option<bool>,
    /// Run one line
    #[arg(short = 'c', value_name = "LINE")]
    pub line: Option<String>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Args)]
pub struct Global {
    /// The tenant's directory; help tenants has the default
    #[arg(long, global = true, value_name = "DIR")]
    pub tenant: Option<PathBuf>,
    /// Use the built-in sample tenant, in memory
    #[arg(long, global = true, conflicts_with = "tenant")]
    pub sample: bool,
    /// Who acts: an operator, or a user with a role
    #[arg(long = "as", global = true, value_name = "NAME")]
    pub actor: Option<String>,
    /// Rehearse everything on a copy; write nothing
    #[arg(long, alias = "whatif", global = true)]
    pub what_if: bool,
    /// Answer every question with yes
    #[arg(long, global = true)]
    pub yes: bool,
    /// Never ask; what would have asked is refused
    #[arg(long, global = true, hide_short_help = true)]
    pub non_interactive: bool,
    /// Refuse to write the tenant or any file
    #[arg(long, global = true, hide_short_help = true)]
    pub read_only: bool,
    /// table, list, json, jsonl, csv, yaml, md or html
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        hide_possible_values = true
    )]
    pub output: Option<Format>,
    /// Colours: auto, always or never
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    #[arg(
        hide_possible_values = true,
        hide_default_value = true,
        hide_short_help = true
    )]
    pub color: Color,
    /// Don't run the profile before the shell
    #[arg(long, global = true, hide_short_help = true)]
    pub no_profile: bool,
    /// Leave out summaries, notices and progress
    #[arg(short, long, global = true, hide_short_help = true)]
    pub quiet: bool,
    /// Say more of what is done on the way
    #[arg(short, long, global = true, hide_short_help = true)]
    pub verbose: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub enum Command {
    /// Run a saved script ("-" reads standard input)
    Run {
        /// The script's file
        script: PathBuf,
        /// The script's parameters (-Department Sales -WhatIf; -? explains them), or what it finds in `args`
        #[arg(last = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Rehearse a script and write what it would change; or show a plan
    Plan(PlanCommand),
    /// Do what a plan says, exactly or not at all
    Apply {
        /// The plan's file
        plan: PathBuf,
        /// Do what still fits the tenant, and list what doesn't
        #[arg(long)]
        skip_moved: bool,
        /// Exit with 3 where something was changed, 0 where nothing was to do
        #[arg(long)]
        detailed_exitcode: bool,
    },
    /// Sign a plan that somebody else made
    Approve {
        /// The plan's file
        plan: PathBuf,
        /// Your SSH key
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Find what is wrong with a script without running it
    Check {
        /// The script's file
        script: PathBuf,
    },
    /// Make a tenant directory: the sample, or imported from exports
    Init {
        /// Where the tenant is to be; made if it isn't there
        dir: PathBuf,
        /// Graph JSON of users, subscribedSkus and groups; the admin centre's and Entra's CSV; the SKU catalogue
        #[arg(long, num_args = 1.., value_name = "FILE")]
        from: Vec<PathBuf>,
    },
    /// Run a program against a copy of the tenant, and show what changed
    Rehearse(RehearseOptions),
    /// Answer programs on this machine as Microsoft Graph
    Serve(ServeOptions),
    /// Lay tenant.yaml out in the usual form, after showing the diff
    Fmt {
        /// The tenant's directory
        dir: PathBuf,
    },
    /// Take what can be had out of a damaged tenant, into a new one
    #[command(hide = true)]
    Salvage {
        /// The damaged tenant's directory, which is left as it is
        dir: PathBuf,
        /// Where the new tenant is to be
        #[arg(long, value_name = "NEW")]
        to: PathBuf,
    },
    /// Explain a cmdlet or a topic, such as exit-codes
    Help { name: Option<String> },
    /// Write completions for a shell, or the man page, to standard output
    #[command(hide = true)]
    Generate { what: Generated },
}

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct PlanCommand {
    #[command(subcommand)]
    pub show: Option<PlanShow>,
    /// The script's file ("-" reads standard input)
    #[arg(required_unless_present = "line")]
    pub script: Option<PathBuf>,
    /// Rehearse one line instead
    #[arg(short = 'c', value_name = "LINE", conflicts_with = "script")]
    pub line: Option<String>,
    /// Where the plan is written; plan.yaml when left out
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Exit with 3 where something would change, 0 where nothing would
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// The script's parameters
    #[arg(last = true, allow_hyphen_values = true)]
    pub args: Vec<String>,
}

#[derive(Subcommand)]
pub enum PlanShow {
    /// Show a plan: as a table, or with -o md, html, json for a ticket or a program
    Show {
        /// The plan's file
        plan: PathBuf,
    },
}

/// Faults and permissions, for both commands.
#[derive(Args)]
pub struct Behaviour {
    /// Permissions that an app's token grants; all that are needed, unless named
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub permissions: Vec<String>,
    /// Answer every n-th change with 429 and a time to wait
    #[arg(long, value_name = "N")]
    pub throttle: Option<u64>,
    /// Answer every n-th change with 503
    #[arg(long, value_name = "N")]
    pub fail_every: Option<u64>,
    /// Make every n-th answer get lost on the way
    #[arg(long, value_name = "N")]
    pub drop_answers: Option<u64>,
    /// Let each answer take so many milliseconds
    #[arg(
        long,
        value_name = "MS",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub latency: u64,
    /// Let reads lag so many seconds behind changes
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub stale: u64,
    /// Shift which calls the faults hit
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub seed: u64,
}

#[derive(Args)]
pub struct ServeOptions {
    /// The address to answer on; only this machine can reach it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    pub listen: String,
    /// The address of a proxy for programs that can't be told another address
    #[arg(long, value_name = "ADDRESS")]
    pub proxy: Option<String>,
    /// Keep what is changed, in the tenant's journal
    #[arg(long)]
    pub keep: bool,
    #[command(flatten)]
    pub behaviour: Behaviour,
}

#[derive(Args)]
pub struct RehearseOptions {
    /// Keep the tenant as it was changed, in a new directory
    #[arg(long, value_name = "DIR")]
    pub keep_as: Option<PathBuf>,
    /// Let the program see your own home directory, and so its stored sign-ins
    #[arg(long)]
    pub own_home: bool,
    #[command(flatten)]
    pub behaviour: Behaviour,
    /// The program and its arguments
    #[arg(last = true, required = true, allow_hyphen_values = true)]
    pub command: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Generated {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Man,
}

/// The short help.
pub fn help() -> String {
    Options::command().render_help().to_string()
}

/// The help of `run`, `init` and their like.
pub fn help_of(name: &str) -> Option<String> {
    let mut command = Options::command();
    command.build();
    let own = command
        .find_subcommand_mut(name)
        .filter(|own| !own.is_hide_set())?;
    Some(own.render_long_help().to_string())
}

/// Puts `--` in front of a script's own parameters: `run x.rhai -Department Sales`. One dash and a capital is no option of
/// ours, of which those with one dash have one small letter.
pub fn with_dashes(words: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut words: Vec<OsString> = words.collect();
    let text = |word: &OsString| word.to_str().unwrap_or_default().to_owned();
    let runs = words.iter().position(|word| word == "run");
    let Some(run) = runs.filter(|_| !words.iter().any(|word| word == "--")) else {
        return words;
    };
    let own = |word: &OsString| {
        let word = text(word);
        let mut chars = word.chars().skip(1);
        word.starts_with('-')
            && (word == "-?"
                || word.len() > 2
                    && chars.next().is_some_and(char::is_uppercase)
                    && chars.all(|c| c.is_alphanumeric() || matches!(c, ':' | '$' | '_')))
    };
    if let Some(at) = words.iter().skip(run + 1).position(own) {
        words.insert(run + 1 + at, OsString::from("--"));
    }
    words
}

/// Completions and the man page, made from the options themselves.
pub fn generate(what: Generated) -> Result<u8, Vec<Diagnostic>> {
    use clap_complete::Shell;
    let mut command = Options::command();
    let mut text = Vec::new();
    let shell = match what {
        Generated::Bash => Some(Shell::Bash),
        Generated::Zsh => Some(Shell::Zsh),
        Generated::Fish => Some(Shell::Fish),
        Generated::Powershell => Some(Shell::PowerShell),
        Generated::Man => None,
    };
    let made = match shell {
        Some(shell) => {
            clap_complete::generate(shell, &mut command, "tenantsh", &mut text);
            Ok(())
        }
        None => clap_mangen::Man::new(command).render(&mut text),
    };
    match made.and_then(|()| io::Write::write_all(&mut io::stdout(), &text)) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(vec![Diagnostic::new(
            "OutputFailed",
            Category::Io,
            format!("the output can't be written: {error}"),
        )]),
        _ => Ok(0),
    }
}

/// Adds what an admin may have meant to what clap found wrong.
pub fn advise(error: &mut clap::Error) {
    use clap::error::{ContextKind, ContextValue, ErrorKind};
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    };
    let tip = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let word = text(ContextKind::InvalidSubcommand);
            if word.ends_with(".rhai") {
                format!("a script is run with: tenantsh run {word}")
            } else if word.contains('-') && word.starts_with(char::is_uppercase) {
                format!("a cmdlet is run with: tenantsh --tenant DIR -c '{word} …'")
            } else {
                format!("a tenant is opened with: tenantsh --tenant {word}")
            }
        }
        ErrorKind::UnknownArgument if text(ContextKind::InvalidArg) == "-W" => {
            "it is --what-if here, before or behind the command".to_owned()
        }
        _ => return,
    };
    let tips = ContextValue::StyledStrs(vec![tip.into()]);
    error.insert(ContextKind::Suggested, tips);
}
