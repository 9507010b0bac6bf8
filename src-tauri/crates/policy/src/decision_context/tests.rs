use super::*;

const ADA: u32 = 1000;
const BOB: u32 = 1001;

/// The groups that count when somebody asks, while Ada is signed in.
fn groups_for(asker: Option<u32>, alone: bool) -> BTreeSet<String> {
    let situation = Arc::new(DecisionContext {
        organization: Organization {
            name: "acme".into(),
            display: "Acme".into(),
            contact: Contact::default(),
        },
        held: LoadedPolicy::Absent,
        absent_blocks: true,
        sign_in: SignIn::SignedIn {
            account: "ada".into(),
            uid: ADA,
            alone,
            groups: ["qa".to_owned()].into(),
            withheld: BTreeSet::new(),
            hub_role: Some("owner".into()),
        },
        grants: Vec::new(),
        pause: None,
    });
    match &situation.of_asker(asker).sign_in {
        SignIn::SignedIn { groups, hub_role, .. } => {
            assert_eq!(groups.is_empty(), hub_role.is_none(), "a role goes with the groups");
            groups.clone()
        }
        SignIn::NotRequired | SignIn::Needed { .. } => unreachable!("nobody signed out"),
    }
}

#[test]
fn a_persons_groups_count_for_that_person() {
    for alone in [true, false] {
        assert_eq!(groups_for(Some(ADA), alone), ["qa".to_owned()].into());
    }
}

#[test]
fn another_person_gains_nothing_by_the_session() {
    for alone in [true, false] {
        assert_eq!(groups_for(Some(BOB), alone), BTreeSet::new());
    }
}

#[test]
fn in_engines_of_root_groups_count_while_nobody_else_can_reach_them() {
    assert_eq!(groups_for(Some(0), true), ["qa".to_owned()].into());
    assert_eq!(groups_for(Some(0), false), BTreeSet::new());
}

#[test]
fn whoever_is_not_known_is_a_stranger_and_no_engine_of_root() {
    for alone in [true, false] {
        assert_eq!(groups_for(None, alone), BTreeSet::new());
    }
}

#[test]
fn a_reason_that_an_earlier_version_knew_is_read() {
    let reason: SignInReason = serde_json::from_str(r#"{"kind":"unresolved"}"#).unwrap();
    assert_eq!(reason, SignInReason::Ended);
}
