use serde_json::json;

use super::*;

fn rule(text: &str) -> Rule {
    try_rule(text).unwrap()
}

fn try_rule(text: &str) -> Result<Rule, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn claims(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn stands(text: &str, value: Value) -> Standing {
    judge(&rule(text), &claims(value))
}

fn missing(claim: &str) -> Standing {
    Standing::Missing { claim: claim.to_owned() }
}

fn overage(claim: &str) -> Standing {
    Standing::Overage { claim: claim.to_owned() }
}

const ENGINEERING: &str = r#"{"claim":"groups","contains":"engineering"}"#;
const HD: &str = r#"{"claim":"hd","equals":"acme.example"}"#;
const ORGANIZATION: &str = r#"{"claim":"organization","has-key":"acme"}"#;

#[test]
fn groups_of_okta_are_an_array() {
    assert_eq!(stands(ENGINEERING, json!({"groups": ["qa", "engineering"]})), Standing::Member);
    assert_eq!(stands(ENGINEERING, json!({"groups": ["qa", "engineering-interns"]})), Standing::NotMember);
    assert_eq!(stands(ENGINEERING, json!({"groups": "engineering"})), Standing::Member);
    assert_eq!(stands(ENGINEERING, json!({"groups": "engineering interns"})), Standing::NotMember);
}

#[test]
fn groups_of_keycloak_may_be_paths() {
    let path = r#"{"claim":"groups","contains":"/engineering"}"#;
    assert_eq!(stands(ENGINEERING, json!({"groups": ["/engineering"]})), Standing::Member);
    assert_eq!(stands(ENGINEERING, json!({"groups": ["/visitors/engineering"]})), Standing::NotMember);
    assert_eq!(stands(path, json!({"groups": ["/engineering"]})), Standing::Member);
    assert_eq!(stands(path, json!({"groups": ["engineering"]})), Standing::NotMember);
}

#[test]
fn the_organization_of_keycloak_is_an_object_by_alias_or_a_list_of_them() {
    assert_eq!(stands(ORGANIZATION, json!({"organization": {"acme": {"id": "7"}}})), Standing::Member);
    assert_eq!(stands(ORGANIZATION, json!({"organization": ["acme"]})), Standing::Member);
    assert_eq!(
        stands(ORGANIZATION, json!({"organization": {"other": {"name": "acme"}}})),
        Standing::NotMember
    );
}

#[test]
fn roles_of_keycloak_lie_inside_an_object() {
    let roles = r#"{"claim":"realm_access.roles","contains":"developer"}"#;
    assert_eq!(stands(roles, json!({"realm_access": {"roles": ["developer"]}})), Standing::Member);
    assert_eq!(stands(roles, json!({"realm_access": {"roles": []}})), Standing::NotMember);
    assert_eq!(stands(roles, json!({"realm_access": ["developer"]})), missing("realm_access.roles"));
    let client = r#"{"claim":"resource_access.pull.gate.roles","contains":"user"}"#;
    assert_eq!(
        stands(client, json!({"resource_access": {"pull.gate": {"roles": ["user"]}}})),
        Standing::Member
    );
}

#[test]
fn a_key_that_is_spelled_exactly_so_comes_before_a_path() {
    let spelled = r#"{"claim":"https://acme.example/roles","contains":"dev"}"#;
    assert_eq!(stands(spelled, json!({"https://acme.example/roles": ["dev"]})), Standing::Member);
    let both = json!({"a.b": "no", "a": {"b": "yes"}});
    assert_eq!(stands(r#"{"claim":"a.b","equals":"yes"}"#, both), Standing::NotMember);
}

#[test]
fn the_domain_of_google_is_one_string() {
    assert_eq!(stands(HD, json!({"hd": "acme.example"})), Standing::Member);
    assert_eq!(stands(HD, json!({"hd": "acme.example.evil"})), Standing::NotMember);
    assert_eq!(stands(HD, json!({"hd": ["acme.example", "other.example"]})), Standing::NotMember);
    assert_eq!(stands(HD, json!({"hd": ""})), Standing::NotMember);
}

/// It used to be told that the provider sent no `hd`, and to ask for it to be added.
#[test]
fn a_private_account_of_google_has_no_domain_and_is_no_member() {
    assert_eq!(stands(HD, json!({"email": "ada@acme.example"})), Standing::NotMember);
    let contains = r#"{"claim":"hd","contains":"acme.example"}"#;
    assert_eq!(stands(contains, json!({"email": "ada@acme.example"})), missing("hd"));
}

#[test]
fn only_what_could_change_the_verdict_is_worth_asking_for() {
    let decided = |text: &str, value: Value| is_decided(&rule(text), &claims(value));
    let any = format!(r#"{{"any":[{ENGINEERING},{HD}]}}"#);
    let all = format!(r#"{{"all":[{ENGINEERING},{HD}]}}"#);
    assert!(decided(&any, json!({"groups": ["engineering"]})), "a member whatever else there is");
    assert!(decided(&all, json!({"groups": ["qa"]})), "no member whatever else there is");
    assert!(!decided(&any, json!({"groups": ["qa"]})) && !decided(&all, json!({"groups": ["engineering"]})));
    assert!(!decided(HD, json!({})), "the userinfo endpoint may have it");
    let nested = r#"{"claim":"realm_access.roles","contains":"developer"}"#;
    assert!(decided(nested, json!({"realm_access": {"roles": []}})), "a path into an object is there, too");
    assert!(decided(ENGINEERING, json!({"hasgroups": true})), "asking again does not shorten the list");
}

#[test]
fn too_many_groups_for_entra_are_not_the_same_as_none() {
    assert_eq!(stands(ENGINEERING, json!({"_claim_names": {"groups": "src1"}})), overage("groups"));
    assert_eq!(stands(ENGINEERING, json!({"hasgroups": true})), overage("groups"));
    assert_eq!(stands(ENGINEERING, json!({"hasgroups": "true"})), overage("groups"));
    assert_eq!(stands(ENGINEERING, json!({"hasgroups": false})), missing("groups"));
    assert_eq!(stands(ENGINEERING, json!({"groups": ["qa"], "hasgroups": true})), Standing::NotMember);
    let tenant = r#"{"claim":"tid","equals":"42"}"#;
    assert_eq!(
        stands(tenant, json!({"hasgroups": true, "_claim_names": {"groups": "src1"}})),
        missing("tid")
    );
}

#[test]
fn an_empty_claim_is_a_no_and_an_absent_one_is_not() {
    assert_eq!(stands(ENGINEERING, json!({"groups": []})), Standing::NotMember);
    assert_eq!(stands(ENGINEERING, json!({"groups": {}})), Standing::NotMember);
    assert_eq!(stands(ENGINEERING, json!({"groups": null})), missing("groups"));
    assert_eq!(stands(ENGINEERING, json!({})), missing("groups"));
}

#[test]
fn numbers_and_booleans_are_compared_as_they_are_written() {
    assert_eq!(
        stands(r#"{"claim":"email_verified","equals":"true"}"#, json!({"email_verified": true})),
        Standing::Member
    );
    assert_eq!(stands(r#"{"claim":"tenant","equals":"42"}"#, json!({"tenant": 42})), Standing::Member);
}

#[test]
fn all_and_any_decide_before_they_wonder() {
    let all = format!(r#"{{"all":[{ENGINEERING},{HD}]}}"#);
    let any = format!(r#"{{"any":[{ENGINEERING},{HD}]}}"#);
    let (yes, no) = (json!(["engineering"]), json!(["qa"]));
    let (here, there) = (json!("acme.example"), json!("other.example"));
    let of = |groups: &Value, hd: &Value| json!({"groups": groups, "hd": hd});
    let unknown = Value::Null;
    let cases = [
        (of(&yes, &here), Standing::Member, Standing::Member),
        (of(&yes, &there), Standing::NotMember, Standing::Member),
        (of(&no, &there), Standing::NotMember, Standing::NotMember),
        (of(&unknown, &here), missing("groups"), Standing::Member),
        (of(&unknown, &there), Standing::NotMember, missing("groups")),
        (of(&unknown, &unknown), Standing::NotMember, missing("groups")),
    ];
    for (value, with_all, with_any) in cases {
        assert_eq!(
            (stands(&all, value.clone()), stands(&any, value.clone())),
            (with_all, with_any),
            "{value}"
        );
    }
}

#[test]
fn rules_read_as_they_are_in_an_enrollment() {
    let nested = format!(r#"{{"any":[{{"all":[{ENGINEERING},{HD}]}},{ORGANIZATION}]}}"#);
    assert_eq!(
        rule(&nested).to_string(),
        "(`groups` to contain `engineering` and `hd` to be `acme.example`) or `organization` to have `acme`"
    );
}

#[test]
fn a_rule_that_means_nothing_is_refused_where_it_stands() {
    let deep = r#"{"all":[{"any":[{"all":[{"any":[{"claim":"a","equals":"b"}]}]}]}]}"#;
    let cases = [
        ("{}", "the rule is empty; give it a `claim` with a test, or `all` or `any`"),
        (r#"{"claim":"groups"}"#, "the rule has no test; add `equals`, `contains` or `has-key`"),
        (r#"{"equals":"x"}"#, "the rule has a test without a `claim`; name the claim"),
        (
            r#"{"claim":"a","equals":"b","contains":"c"}"#,
            "the rule has more than one test; put each into `all` or `any`",
        ),
        (r#"{"claim":"a","equals":" "}"#, "the rule has an empty value; nothing is ever equal to it"),
        (r#"{"claim":"","equals":"b"}"#, "the rule has an empty claim; nothing is ever equal to it"),
        (r#"{"all":[]}"#, "`all` is an empty list; put at least one test into it"),
        (
            r#"{"all":[{"claim":"a","equals":"b"}],"any":[]}"#,
            "the rule has both `all` and `any`; put one inside the other",
        ),
        (
            r#"{"any":[{"claim":"a","equals":"b"},{"all":[{"claim":"a"}]}]}"#,
            "`any[1].all[0]` has no test; add `equals`, `contains` or `has-key`",
        ),
        (
            r#"{"claim":"a","equals":"b","any":[]}"#,
            "the rule mixes a test with `all` or `any`; move the test into the list",
        ),
        (deep, "`all[0].any[0].all[0].any[0]` is nested more than four deep; write it flatter"),
    ];
    for (text, sentence) in cases {
        assert_eq!(try_rule(text), Err(sentence.to_owned()), "{text}");
    }
    let unknown = try_rule(r#"{"claim":"a","equal":"b"}"#).unwrap_err();
    assert!(unknown.starts_with("unknown field `equal`"), "{unknown}");
}

#[test]
fn groups_are_named_without_the_slash_of_their_path() {
    let value = claims(json!({"groups": ["/a/b", "c", "", "/", 7, ["d"], {"e": 1}]}));
    let expected: BTreeSet<String> = ["a/b", "c", "7"].map(str::to_owned).into();
    assert_eq!(groups(&value, "groups"), expected);
    assert_eq!(groups(&value, "roles"), BTreeSet::new());
}

#[test]
fn no_account_has_more_groups_than_can_be_kept() {
    let many: Vec<String> = (0..5000).map(|number| format!("group-{number:05}")).collect();
    let mut value = claims(json!({"groups": many}));
    assert_eq!(groups(&value, "groups").len(), 1000);
    value.insert("groups".to_owned(), json!(["x".repeat(257), "y"]));
    assert_eq!(groups(&value, "groups"), ["y".to_owned()].into());
}
