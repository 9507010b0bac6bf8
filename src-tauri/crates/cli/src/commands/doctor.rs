//! `doctor`: the service checks itself; when there is no service, what can be seen from here.

use std::path::Path;

use host::files::{Mode, write_atomically};
use wire::{Check, DoctorReport, Request, Response, Severity};

use super::Outcome;
use crate::arguments::Format;
use crate::client::{Client, unexpected};
use crate::context::Context;
use crate::exit::{CliError, Exit};
use crate::show;

pub(super) fn run(bundle: Option<&Path>, format: Format, context: &mut Context<'_>) -> Outcome {
    let (report, exit) = match Client::connect(context) {
        Ok(mut client) => {
            let Response::Doctor(report) = client.ask(&Request::Doctor { bundle: bundle.is_some() })? else {
                return Err(unexpected());
            };
            let exit = if is_well(&report) { Exit::Yes } else { Exit::Failed };
            (report, exit)
        }
        Err(complaint) if complaint.exit == Exit::NoService => {
            (from_here(&complaint, context), Exit::NoService)
        }
        Err(complaint) => return Err(complaint),
    };
    if format.json {
        context.json(&report)?;
    } else {
        context.say_signed(&show::doctor(&report), show::of_doctor(&report))?;
    }
    if let Some(file) = bundle {
        write(file, &report)?;
        if !format.json {
            context.say(&format!("The bundle is in `{}`; read it before you send it\n", file.display()))?;
        }
    }
    Ok(exit)
}

fn is_well(report: &DoctorReport) -> bool {
    report.checks.iter().all(|check| check.problem <= Some(Severity::Notice))
}

/// What can be seen without the service.
fn from_here(complaint: &CliError, context: &Context<'_>) -> DoctorReport {
    let path = context.dirs.enrollment();
    let name = "enrollment".to_owned();
    let enrolled = if path.exists() {
        match enrollment::read(&path) {
            Ok(enrollment) => {
                let sentence = format!("this machine is enrolled with {}", enrollment.organization.display);
                Check { name, problem: None, sentence, action: None }
            }
            Err(error) => {
                Check { name, problem: Some(Severity::Critical), sentence: error.to_string(), action: None }
            }
        }
    } else {
        let action = Some("Run `sudo pullgate enroll FILE`".to_owned());
        let sentence = format!("there is none at `{}`", path.display());
        Check { name, problem: Some(Severity::Attention), sentence, action }
    };
    let service = Check {
        name: "service".to_owned(),
        problem: Some(Severity::Critical),
        sentence: complaint.error.clone(),
        action: complaint.hint.clone(),
    };
    DoctorReport { checks: vec![service, enrolled], bundle: None }
}

fn write(file: &Path, report: &DoctorReport) -> Result<(), CliError> {
    let bytes = serde_json::to_vec_pretty(report).map_err(CliError::failed)?;
    write_atomically(file, &bytes, Mode::PRIVATE).map_err(CliError::failed)
}
