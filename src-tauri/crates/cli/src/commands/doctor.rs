//! `doctor`: the service checks itself; when there is no service, what can be seen from here.

use std::path::Path;

use host::files::{Mode, write_atomically};
use wire::{Check, DoctorReport, Request, Response, Severity};

use super::Outcome;
use crate::arguments::Format;
use crate::client::{Client, unexpected};
use crate::show;
use crate::stop::{Complaint, Exit};
use crate::world::World;

pub(super) fn run(bundle: Option<&Path>, format: Format, world: &mut World<'_>) -> Outcome {
    let (report, exit) = match Client::connect(world) {
        Ok(mut client) => {
            let Response::Doctor(report) = client.ask(&Request::Doctor { bundle: bundle.is_some() })? else {
                return Err(unexpected());
            };
            let exit = if is_well(&report) { Exit::Yes } else { Exit::Failed };
            (report, exit)
        }
        Err(complaint) if complaint.exit == Exit::NoService => {
            (from_here(&complaint, world), Exit::NoService)
        }
        Err(complaint) => return Err(complaint),
    };
    if format.json {
        world.json(&report)?;
    } else {
        world.say(&show::doctor(&report))?;
    }
    if let Some(file) = bundle {
        write(file, &report)?;
        if !format.json {
            world.say(&format!("The bundle is in `{}`; read it before you send it\n", file.display()))?;
        }
    }
    Ok(exit)
}

fn is_well(report: &DoctorReport) -> bool {
    report.checks.iter().all(|check| check.problem <= Some(Severity::Notice))
}

/// What can be seen without the service.
fn from_here(complaint: &Complaint, world: &World<'_>) -> DoctorReport {
    let path = world.dirs.enrollment();
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

fn write(file: &Path, report: &DoctorReport) -> Result<(), Complaint> {
    let bytes = serde_json::to_vec_pretty(report).map_err(Complaint::failed)?;
    write_atomically(file, &bytes, Mode::PRIVATE).map_err(Complaint::failed)
}
