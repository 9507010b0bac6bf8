//! Writes what the packages say of the command line: `manual FOLDER` makes a manual page for every command and
//! completions for the usual shells, from the arguments that `pullgate` itself reads.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::Shell;

/// What a person looks for beside the commands, at the end of the first page.
const FILES: &str = r".SH FILES
.TP
\fI/etc/pullgate/enrollment.toml\fR
The organization that this machine belongs to, its provider, and where its policy comes from.
.TP
\fI/var/lib/pullgate/\fR
Session, policy and record; readable by the service alone.
.TP
\fI/var/lib/pullgate\-steward/\fR
The keys of this machine's certificates, and every engine's files as they were before Pullgate.
.TP
\fI/run/pullgate/control.sock\fR
Where the service is asked.
.TP
\fI/usr/share/doc/pullgate/\fR
The manuals: enrollment, sign\-in, policy, limits.
";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("say into which folder: `manual FOLDER`")?);
    fs::create_dir_all(&folder)?;
    pages(&folder)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut for_people(), "pullgate", &folder)?;
    }
    Ok(())
}

fn pages(folder: &Path) -> Result<(), Box<dyn Error>> {
    clap_mangen::generate_to(cli::command(), folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        // What a help text ends with is under this heading in every manual.
        let mut page = fs::read_to_string(&path)?.replace("\n.SH EXTRA\n", "\n.SH NOTES\n");
        if path.ends_with("pullgate.1") {
            page += FILES;
        }
        write(&path, &page)?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "nobody reads the pages before they are packed")]
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    fs::write(path, text)
}

/// The shells would offer commands that only other processes give.
fn for_people() -> Command {
    let all = cli::command();
    let shown = all.get_subcommands().filter(|command| !command.is_hide_set());
    Command::new("pullgate").args(all.get_arguments()).subcommands(shown)
}
