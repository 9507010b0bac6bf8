//! Docker Hub as the source of the policy: settings that are asked for again and again become numbered editions.

use jiff::Timestamp;
use policy::{Document, Refusal};

use super::{Edition, HubSettings, Imported, import};

/// What asking again has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// The settings say what the held document says.
    Same,
    /// Another edition.
    Newer(Box<Imported>),
}

/// Makes the next edition of settings that are followed, numbered on this machine since Docker numbers none: the
/// first is 1, and each that says something else is one higher and never dated before the held one.
pub fn follow(
    settings: &HubSettings,
    organization: &str,
    held: Option<&Document>,
    now: Timestamp,
) -> Result<Followed, Refusal> {
    let edition = |serial, issued| Edition { organization: organization.to_owned(), serial, issued };
    let Some(held) = held else {
        return Ok(Followed::Newer(Box::new(import(settings, &edition(1, now))?)));
    };
    let mut imported = import(settings, &edition(held.serial, held.issued))?;
    if imported.document == *held {
        return Ok(Followed::Same);
    }
    imported.document.serial = held.serial.saturating_add(1);
    imported.document.issued = held.issued.max(now);
    Ok(Followed::Newer(Box::new(imported)))
}
