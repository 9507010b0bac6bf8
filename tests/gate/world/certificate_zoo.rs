//! A zoo of certificates and ways of speaking TLS. What counts as right is what the engine itself says, asked directly in
//! the same run: whatever it accepted is accepted by the gateway, whatever it refused is refused with its own fault.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::thread;

use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product::{enroll, install, with_product};
use acceptance::pull::masks;

use super::private_registry::allowing;

const MAKE: &str = include_str!("certificate_zoo/make.sh");
const SERVE: &str = include_str!("certificate_zoo/serve.sh");
const PULLS: &str = include_str!("certificate_zoo/pulls.sh");
const ENGINES: [&str; 2] = ["docker", "podman"];

/// What engines refuse, with the words in which the gateway does.
const REFUSED: [(&str, &str); 27] = [
    ("a.deep", "is for another host"),
    ("boundroot", "outside what its authority may sign"),
    ("client", "is not meant for servers"),
    ("clientbetween", "is not meant for servers"),
    ("clientroot", "is not meant for servers"),
    ("early", "is not valid yet, it begins on 2090-01-01"),
    ("ended", "the authority that signed"),
    ("excluded", "outside what its authority may sign"),
    ("expired", "expired on 2021-01-01"),
    ("foreign", "an authority that this machine does not trust"),
    ("mail", "is for another host"),
    ("missing", "an authority that this machine does not trust"),
    ("nosan", "names no host"),
    ("nosign", "a certificate that is no authority"),
    ("other", "is for another host"),
    ("part", "is for another host"),
    ("plain", "a certificate that is no authority"),
    ("sha1", "too weak or not known"),
    ("sha1between", "too weak or not known"),
    ("tight", "outside what its authority may sign"),
    ("tightroot", "outside what its authority may sign"),
    ("unknowncritical", "a critical extension that is not known"),
    ("violated", "outside what its authority may sign"),
    ("psskey", "have no kind of TLS in common"),
    ("static", "have no kind of TLS in common"),
    ("tls10", "have no kind of TLS in common"),
    ("tls11", "have no kind of TLS in common"),
];

/// What engines take and the gateway cannot, as `limits.md` says, with its words.
const LIMITS: [(&str, &str); 3] = [
    ("cbc", "have no kind of TLS in common"),
    ("long", "more than six intermediate certificates"),
    ("short", "an RSA key of less than 2048 bits"),
];

/// What engines do not offer and the gateway does: as safe as what they offer.
const BEYOND: [&str; 1] = ["chacha"];

/// The exit code and the last words of each engine's pull from each host.
type Survey = BTreeMap<(String, &'static str), (bool, String)>;

#[test]
fn what_engines_think_of_a_certificate_is_what_the_gateway_thinks_of_it() {
    let laptop = Laptop::boot(&with_product(Options::docker(Store::Classic)));
    for (name, script) in [("make", MAKE), ("serve", SERVE), ("pulls", PULLS)] {
        laptop.write_file(&format!("/etc/zoo/{name}.sh"), script);
    }
    laptop.must("bash /etc/zoo/make.sh");
    let hosts = laptop.must("bash /etc/zoo/serve.sh").stdout;
    let hosts: Vec<&str> = hosts.lines().collect();
    laptop.must("systemctl restart docker");
    let direct = survey(&laptop, &ENGINES);
    install(&laptop);
    enroll(&laptop, &allowing(&hosts));
    let enrolled = survey(&laptop, &ENGINES);
    laptop.must("pullgate unenroll --yes");
    let after = survey(&laptop, &["docker"]);
    let mut wrong = String::new();
    for (key, (accepted, words)) in &direct {
        let (is_taken, said) = &enrolled[key];
        if let Some(expected) = not_as_promised(&key.0, *accepted, *is_taken, said) {
            writeln!(wrong, "{key:?}: {expected}\n  direct: {words}\n  enrolled: {said}")
                .expect("memory does not fail");
        }
        if let Some((is_accepted, words)) = after.get(key)
            && is_accepted != accepted
        {
            writeln!(wrong, "{key:?} after the enrollment: {words}").expect("memory does not fail");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    let accepted = direct.values().filter(|(accepted, _)| *accepted).count();
    eprintln!("{} hosts, two engines: {accepted} accepted, {} refused", hosts.len(), direct.len() - accepted);
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("certificate_zoo", page(&direct, &enrolled));
    });
}

/// What was expected of a host, where it came out otherwise.
fn not_as_promised(host: &str, accepted: bool, is_taken: bool, said: &str) -> Option<String> {
    let short = host.trim_end_matches(".zoo.example");
    let words =
        |list: &[(&str, &'static str)]| list.iter().find(|(name, _)| *name == short).map(|(_, words)| *words);
    let fault = if accepted {
        match words(&LIMITS) {
            None => return (!is_taken).then(|| "it has to be accepted".to_owned()),
            Some(words) => words,
        }
    } else if BEYOND.contains(&short) {
        return (!is_taken).then(|| "it is offered".to_owned());
    } else {
        words(&REFUSED).unwrap_or("a fault that this test knows")
    };
    let is_named = said.contains("not blocked by policy: ") && said.contains(host) && said.contains(fault);
    (is_taken || !is_named || said.contains("pg-")).then(|| format!("it has to be refused: {fault}"))
}

fn survey(laptop: &Laptop, engines: &[&'static str]) -> Survey {
    let pulls = |engine: &'static str| {
        let lines = laptop.must(&format!("bash /etc/zoo/pulls.sh {engine}")).stdout;
        let read = |line: &str| {
            let mut parts = line.splitn(3, '\t').map(str::to_owned);
            let (host, code, words) = (parts.next()?, parts.next()?, parts.next()?);
            Some(((host, engine), (code == "0", words)))
        };
        lines.lines().map(|line| read(line).expect("a line has three parts")).collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let engines: Vec<_> = engines.iter().map(|&engine| scope.spawn(move || pulls(engine))).collect();
        engines.into_iter().flat_map(|engine| engine.join().expect("the pulls ran")).collect()
    })
}

/// Docker's own words for what it refuses, and those of the gateway.
fn page(direct: &Survey, enrolled: &Survey) -> String {
    let mut page = String::new();
    for ((host, engine), (accepted, words)) in direct {
        if *engine != "docker" {
            continue;
        }
        let (is_taken, said) = &enrolled[&(host.clone(), *engine)];
        let verdict = |taken: bool, words: &str| if taken { "accepted".to_owned() } else { words.to_owned() };
        writeln!(
            page,
            "{host}\n  direct:   {}\n  enrolled: {}",
            verdict(*accepted, words),
            verdict(*is_taken, said)
        )
        .expect("memory does not fail");
    }
    page
}
