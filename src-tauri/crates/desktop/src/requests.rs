//! What a person has requested access to, and what became of it: a file in the person's own folder for state, which
//! the tray and the window both keep. Of two changes at the very same moment the later one stays.

use std::path::PathBuf;

use host::dirs::Dirs;
use host::files::{FileError, Mode, make_folder, read_limited, write_atomically};
use jiff::Timestamp;
use policy::{Outcome, Reason, Verdict};
use policy_text::render;
use serde::{Deserialize, Serialize};

const FILE: &str = "requests.json";
/// A larger file is none of ours.
const LARGEST: u64 = 256 << 10;
/// As many requests are kept; the oldest gives way.
const MOST: usize = 50;

/// A request that a person made by the form of their organization.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessRequested {
    /// The id of the verdict that it was about.
    pub id: String,
    /// The image as people type it.
    pub image: String,
    /// What gets it once it is allowed; none for what is no pull of a known repository.
    pub command: Option<String>,
    /// When it was made.
    pub at: Timestamp,
    /// When it was seen that the image is allowed now.
    #[serde(default)]
    pub allowed: Option<Timestamp>,
}

impl AccessRequested {
    /// A request about a verdict.
    pub fn of(verdict: &Verdict, at: Timestamp) -> Self {
        let (image, command) = (verdict.finding.image.familiar(), render::command_again(verdict));
        Self { id: verdict.id.to_string(), image, command, at, allowed: None }
    }

    /// Whether somebody still waits for it.
    pub(crate) fn is_open(&self) -> bool {
        self.allowed.is_none() && self.command.is_some()
    }
}

/// Whether this is a yes of the policy, and no pause and no gap before the first policy.
pub(crate) fn is_lasting(outcome: Outcome, reason: &Reason) -> bool {
    outcome == Outcome::Allowed && !matches!(reason, Reason::Paused { .. } | Reason::NoPolicyYet)
}

/// Where requests are kept.
#[derive(Clone, Debug)]
pub struct RequestsFile(Option<PathBuf>);

impl RequestsFile {
    /// In the person's folder for state; for a person without one nowhere.
    pub fn of_person() -> Self {
        Self(Dirs::user().map(|dirs| dirs.state))
    }

    /// In this folder, or nowhere.
    pub fn in_folder(folder: Option<PathBuf>) -> Self {
        Self(folder)
    }

    /// All of them, the latest last. A file that cannot be read is told of in the log.
    pub fn load(&self) -> Vec<AccessRequested> {
        let Some(folder) = &self.0 else { return Vec::new() };
        let read = read_limited(&folder.join(FILE), LARGEST).map_err(|error| error.to_string());
        let kept = read.and_then(|bytes| match bytes {
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|error| error.to_string()),
            None => Ok(Vec::new()),
        });
        kept.unwrap_or_else(|error| {
            tracing::warn!(error, "the requests that were kept cannot be read");
            Vec::new()
        })
    }

    /// One more; an earlier one for the same image gives way.
    pub fn add(&self, request: AccessRequested) {
        let mut requests = self.load();
        requests.retain(|one| one.image != request.image);
        requests.push(request);
        let first = requests.len().saturating_sub(MOST);
        self.save(&requests[first..]);
    }

    /// What was asked for is allowed.
    pub fn allow(&self, id: &str, at: Timestamp) {
        let mut requests = self.load();
        requests.iter_mut().filter(|one| one.id == id).for_each(|one| one.allowed = Some(at));
        self.save(&requests);
    }

    fn save(&self, requests: &[AccessRequested]) {
        if let Err(error) = self.written(requests) {
            tracing::warn!(%error, "a request is forgotten");
        }
    }

    fn written(&self, requests: &[AccessRequested]) -> Result<(), FileError> {
        let Some(folder) = &self.0 else { return Ok(()) };
        let bytes = serde_json::to_vec_pretty(requests).unwrap_or_default();
        make_folder(folder, Mode::PRIVATE_FOLDER)?;
        write_atomically(&folder.join(FILE), &bytes, Mode::PRIVATE)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn request(number: usize, image: &str) -> AccessRequested {
        let at = Timestamp::from_second(i64::try_from(number).unwrap()).unwrap();
        let (id, command) = (format!("pg-{number:08}"), Some(format!("docker pull {image}")));
        AccessRequested { id, image: image.to_owned(), command, at, allowed: None }
    }

    #[test]
    fn requests_are_kept_for_one_person_alone_and_there_is_an_end_to_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = RequestsFile::in_folder(Some(folder.path().join("state")));
        assert_eq!(file.load(), []);
        for number in 0..MOST + 3 {
            file.add(request(number, &format!("user{number}/tool")));
        }
        let kept = file.load();
        assert_eq!((kept.len(), kept[0].image.as_str()), (MOST, "user3/tool"));
        let mode = folder.path().join("state").join(FILE).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_second_request_for_an_image_takes_the_place_of_the_first_and_an_answer_stays_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = RequestsFile::in_folder(Some(folder.path().join("state")));
        file.add(request(1, "someuser/tool"));
        file.add(request(2, "someuser/tool"));
        let now = Timestamp::from_second(9).unwrap();
        file.allow("pg-00000002", now);
        file.allow("pg-00000001", now);
        let [kept] = file.load().try_into().expect("one is kept");
        assert_eq!((kept.id.as_str(), kept.allowed, kept.is_open()), ("pg-00000002", Some(now), false));
    }

    #[test]
    fn a_pause_is_no_answer_to_a_request() {
        let paused = Reason::Paused { until: Timestamp::UNIX_EPOCH };
        assert!(
            !is_lasting(Outcome::Allowed, &paused) && !is_lasting(Outcome::Allowed, &Reason::NoPolicyYet)
        );
        assert!(is_lasting(Outcome::Allowed, &Reason::ClassAllowed));
        assert!(!is_lasting(Outcome::Audited, &Reason::ClassBlocked));
    }
}
