//! Keys are made, documents signed, checked and compared: the command line alone, on the machine of an administrator.

use std::fmt::Write;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use acceptance::laptop::product;
use acceptance::signing::{CATALOG, policy};
use serde_json::{Value, json};
use tempfile::TempDir;

/// An administrator's folder with two pairs of keys for policies, and one for trust.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(TempDir::new().expect("a folder can be made"));
        for name in ["root", "platform", "second"] {
            folder.good(&format!("keygen {name}"));
        }
        folder.write("catalog.json", CATALOG);
        folder.write("policy.in.json", &policy(json!({})).to_string());
        folder.write("trust.in.json", &folder.trust(json!({})).to_string());
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let mut file = File::create(self.path().join(name)).expect("a file can be made");
        file.write_all(text.as_bytes()).expect("a file can be written");
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).expect("the file is there")
    }

    fn trust(&self, change: Value) -> Value {
        let public = |name: &str| self.read(&format!("{name}.public")).trim().to_owned();
        let mut trust = acceptance::signing::trust(change);
        trust["policyKeys"] = json!([{ "public": public("platform"), "comment": "platform team" }, { "public": public("second") }]);
        trust
    }

    /// What a command of `pullgate policy` wrote, and its exit code.
    fn run(&self, arguments: &str) -> (String, i32) {
        let output = Command::new(product())
            .arg("policy")
            .args(arguments.split_whitespace())
            .current_dir(self.path())
            .output()
            .expect("the product can be run");
        let text = [output.stdout, output.stderr].concat();
        (String::from_utf8_lossy(&text).into_owned(), output.status.code().unwrap_or(-1))
    }

    fn good(&self, arguments: &str) -> String {
        let (text, code) = self.run(arguments);
        assert_eq!(code, 0, "`{arguments}`: {text}");
        text
    }

    fn json(&self, arguments: &str) -> Value {
        serde_json::from_str(&self.run(arguments).0).expect("one object")
    }

    /// Commands with what each says.
    fn told(&self, commands: &[&str]) -> String {
        let mut text = String::new();
        for command in commands {
            let (said, code) = self.run(command);
            writeln!(text, "$ pullgate policy {command}\n{}\n[exit {code}]\n", said.trim_end())
                .expect("memory does not fail");
        }
        text
    }
}

fn told(name: &str, text: &str) {
    let mut text = text.to_owned();
    let ids = [(r"\b[0-9a-f]{16}\b", "KEY"), (r"ed25519:[A-Za-z0-9+/]{43}=", "ed25519:PUBLIC")];
    insta::with_settings!({ filters => ids, prepend_module_to_snapshot => false }, {
        text.push('\n');
        insta::assert_snapshot!(format!("distribution_{name}"), text);
    });
}

#[test]
fn a_pair_of_keys_is_two_files_that_are_never_written_over() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let mode = |name: &str| {
        let metadata = std::fs::metadata(folder.path().join(name)).expect("the file is there");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!([mode("root.secret"), mode("root.public")], [0o600, 0o644]);
    let before = folder.read("root.secret");
    let text = folder.told(&["keygen root", "keygen third", "keygen nowhere/fourth"]);
    assert_eq!(folder.read("root.secret"), before);
    std::fs::remove_file(folder.path().join("root.secret")).expect("the file is there");
    let (_, code) = folder.run("keygen root");
    assert_eq!((code, folder.path().join("root.secret").exists()), (1, false), "one half is there still");
    let made = folder.json("keygen fifth --json");
    assert_eq!(made["files"], json!(["fifth.secret", "fifth.public"]));
    assert_eq!(made["public"], folder.read("fifth.public").trim());
    assert!(!made.to_string().contains("secret:"));
    told("keygen", &text);
}

#[test]
fn a_set_is_signed_by_two_and_checked() {
    let folder = Folder::new();
    folder.write("trust.in.json", &folder.trust(json!({ "threshold": 2 })).to_string());
    let text = folder.told(&[
        "sign --key root.secret --trust trust.in.json --output trust.json",
        "sign --key platform.secret policy.in.json --output one.json",
        "sign --key second.secret one.json --output policy.json",
        "sign --key second.secret policy.json --output again.json",
        "check trust.json",
        "check trust.in.json",
        "check policy.json",
        "check policy.json --organization other",
        "explain policy.json nginx",
        "diff one.json policy.json",
        "diff trust.json policy.json",
    ]);
    told("signed", &text);
    let at_once = folder
        .json("sign --key platform.secret --key second.secret policy.in.json --output both.json --json");
    assert_eq!(at_once["signedBy"].as_array().map(Vec::len), Some(2));
    assert_eq!(at_once["bytes"], folder.read("both.json").len());
    let checked = folder.json("check both.json --json");
    assert_eq!((&checked["good"], &checked["signedBy"]), (&json!(true), &at_once["signedBy"]));
    let trust = folder.json("check trust.json --json");
    assert_eq!((&trust["good"], &trust["trust"]["threshold"]), (&json!(true), &json!(2)));
}

#[test]
fn a_bad_document_is_not_signed_and_its_place_is_named() {
    let folder = Folder::new();
    let bad = [
        ("unknown.json", policy(json!({ "denny": [] }))),
        ("glob.json", policy(json!({ "deny": [{ "match": "docker.io/Evil/**" }] }))),
        ("catalog-elsewhere.json", policy(json!({ "catalog": { "url": "../c", "sha256": "0".repeat(64) } }))),
        (
            "catalog-other.json",
            policy(json!({ "catalog": { "url": "catalog.json", "sha256": "0".repeat(64) } })),
        ),
        ("no-keys.json", folder.trust(json!({ "version": 0 }))),
    ];
    for (name, document) in bad {
        folder.write(name, &document.to_string());
    }
    folder.write("broken.json", "{ \"schema\": 1.0,\n");
    folder.write("wrong.secret", "ed25519-secret:nonsense\n");
    folder.good("sign --key root.secret --trust trust.in.json --output trust.json");
    folder.good("sign --key platform.secret policy.in.json --output policy.json");
    let sign = |rest: &str| format!("sign --key platform.secret {rest} --output out.json");
    let commands: Vec<String> = [
        "unknown.json",
        "glob.json",
        "catalog-elsewhere.json",
        "catalog-other.json",
        "--trust no-keys.json",
        "broken.json",
        "nothing.json",
        "trust.in.json",
        "trust.json",
        "--trust policy.in.json",
        "--trust policy.json",
    ]
    .iter()
    .map(|rest| sign(rest))
    .chain(
        ["platform.public", "wrong.secret", "nothing.secret"]
            .map(|key| format!("sign --key {key} policy.in.json")),
    )
    .collect();
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    told("not_signed", &folder.told(&commands));
    assert!(!folder.path().join("out.json").exists());
}

#[test]
fn cases_are_tried_on_a_signed_policy_as_on_a_plain_one() {
    let folder = Folder::new();
    folder.good("sign --key platform.secret policy.in.json --output policy.json");
    folder.write(
        "good.txt",
        "# what people need\nallow nginx\nblock evil/miner  # a miner\n\nallow localstack/localstack:4.1\n",
    );
    folder.write("bad.txt", "allow evil/miner\nallow nginx\nblock nginx\n");
    folder.write("wrong.txt", "allow nginx\npermit nginx\n");
    folder.write("names.txt", "allow UPPER\n");
    let text = folder.told(&[
        "test policy.json good.txt",
        "test policy.in.json bad.txt",
        "test policy.json wrong.txt",
        "test policy.json names.txt",
        "test policy.json nothing.txt",
    ]);
    told("cases", &text);
    let (lines, code) = folder.run("test policy.json bad.txt --json");
    let tried: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect();
    let seen: Vec<_> = tried.iter().map(|case| (&case["line"], &case["good"])).collect();
    assert_eq!(
        (seen, code),
        (vec![(&json!(1), &json!(false)), (&json!(2), &json!(true)), (&json!(3), &json!(false))], 1)
    );
}

#[test]
fn a_difference_is_what_people_notice() {
    let folder = Folder::new();
    let next = policy(json!({ "serial": 2, "mode": "audit", "deny": [] }));
    folder.write("next.json", &next.to_string());
    folder.good("sign --key platform.secret next.json --output signed.json");
    told("diff", &folder.told(&["diff policy.in.json signed.json", "diff signed.json signed.json"]));
    let difference = folder.json("diff policy.in.json signed.json --json");
    assert_eq!((&difference["before"]["serial"], &difference["after"]["serial"]), (&json!(1), &json!(2)));
    assert!(difference["changes"].is_string());
}
