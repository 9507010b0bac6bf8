use super::*;

/// An authority made so long ago that its successor, published 91 days ago, is due now.
struct Scene {
    folder: tempfile::TempDir,
    now: Timestamp,
}

impl Scene {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), now: host::clock::now() }
    }

    fn open(&self) -> Authority {
        self.open_at(self.now)
    }

    fn open_at(&self, now: Timestamp) -> Authority {
        open(&self.folder.path().join("ca"), Kind::Intercept, now).unwrap()
    }

    fn published(&self) -> Authority {
        let mut authority = self.open_at(self.now - days(600));
        authority.publish_next(self.now - days(91)).unwrap();
        authority
    }
}

fn certificates(bundle: &str) -> usize {
    bundle.matches("BEGIN CERTIFICATE").count()
}

#[test]
fn a_client_that_trusts_current_and_next_accepts_leaves_before_and_after_the_rotation() {
    let scene = Scene::new();
    let mut authority = scene.published();
    let old_root = authority.certificate_pem().to_owned();
    let trusted = authority.bundle_pem().to_owned();
    assert_eq!(certificates(&trusted), 2);
    let before = Server::of(&authority, &["ghcr.io"], scene.now);

    authority.rotate(scene.now).unwrap();
    let after = Server::of(&authority, &["ghcr.io"], scene.now);
    for server in [&before, &after] {
        assert_eq!(server.is_accepted(&trusted, "ghcr.io"), Ok(()));
        assert_eq!(server.is_accepted(authority.bundle_pem(), "ghcr.io"), Ok(()));
    }
    assert!(after.is_accepted(&old_root, "ghcr.io").is_err());
}

#[test]
fn a_rotated_authority_is_the_same_after_a_restart() {
    let scene = Scene::new();
    let mut authority = scene.published();
    let reopened = scene.open();
    assert_eq!(authority.bundle_pem(), reopened.bundle_pem());
    authority.rotate(scene.now).unwrap();
    let reopened = scene.open();
    assert_eq!(authority.bundle_pem(), reopened.bundle_pem());
    assert_eq!(authority.certificate_pem(), reopened.certificate_pem());
    assert_eq!(reopened.due_for_rotation(scene.now), Due::Nothing);
    let old_key = std::fs::read_to_string(scene.folder.path().join("ca/previous.pem")).unwrap();
    assert!(!old_key.contains("PRIVATE"));
}

#[test]
fn the_previous_certificate_leaves_the_bundle_when_it_has_ended() {
    let scene = Scene::new();
    let mut authority = scene.published();
    authority.rotate(scene.now).unwrap();
    assert_eq!(certificates(scene.open().bundle_pem()), 2);
    assert_eq!(certificates(scene.open_at(scene.now + days(131)).bundle_pem()), 1);
}

#[test]
fn the_next_authority_is_due_in_time_and_takes_over_after_its_lead() {
    let scene = Scene::new();
    let mut authority = scene.open();
    let at = |day: i64| scene.now + days(day);
    assert_eq!(authority.due_for_rotation(at(579)), Due::Nothing);
    assert_eq!(authority.due_for_rotation(at(580)), Due::PublishNext);
    assert!(matches!(authority.rotate(at(580)), Err(CaError::NotPublished)));

    authority.publish_next(at(580)).unwrap();
    let bundle = authority.bundle_pem().to_owned();
    authority.publish_next(at(581)).unwrap();
    assert_eq!(authority.bundle_pem(), bundle, "publishing again changes nothing");
    assert_eq!(authority.due_for_rotation(at(669)), Due::Nothing);
    assert!(matches!(authority.rotate(at(669)), Err(CaError::TooEarly { .. })));
    assert_eq!(authority.bundle_pem(), bundle);
    assert_eq!(authority.due_for_rotation(at(670)), Due::Rotate);
    authority.rotate(at(670)).unwrap();
    assert!(authority.ends() > at(1300));
}

#[test]
fn a_machine_that_slept_through_it_rotates_without_the_lead() {
    let scene = Scene::new();
    let mut authority = scene.open();
    let late = scene.now + days(900);
    assert_eq!(authority.due_for_rotation(late), Due::PublishNext);
    authority.publish_next(late).unwrap();
    assert_eq!(authority.due_for_rotation(late), Due::Rotate);
    authority.rotate(late).unwrap();
    let key = LeafKey::generate().unwrap();
    assert!(authority.sign(&key.spki_der, &["ghcr.io".to_owned()], late).is_ok());
}

#[test]
fn a_rotation_that_stopped_half_way_is_done_again() {
    let scene = Scene::new();
    let authority = scene.published();
    let old = authority.certificate_pem().to_owned();
    let previous = scene.folder.path().join("ca/previous.pem");
    host::files::write_atomically(&previous, old.as_bytes(), host::files::Mode::PRIVATE).unwrap();

    let mut reopened = scene.open();
    assert_eq!(reopened.certificate_pem(), old);
    assert_eq!(certificates(reopened.bundle_pem()), 2);
    reopened.rotate(scene.now).unwrap();
    assert_ne!(reopened.certificate_pem(), old);
    assert_eq!(certificates(reopened.bundle_pem()), 2);
}
