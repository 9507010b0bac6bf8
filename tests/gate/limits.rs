//! Ways round that the manual tells of, each played: what it says happens, happens.

mod files;
mod later;
mod podman;
mod unlisted;

use std::time::Duration;

use acceptance::internet::Image;
use acceptance::laptop::{Laptop, Options, Output, Person};
use acceptance::product::{enrolled, policy};
use serde_json::json;

use crate::network::lab::condition;

const PAPER: &str = include_str!("../../src-tauri/docs/limits.md");
const BLOCKED: &str = "docker.io/evil/miner:1";

#[test]
fn ways_round_lead_where_the_manual_says() {
    // Docker and containerd come to this machine later.
    let laptop = enrolled(Options::daemonless(), &policy(json!({})));
    podman::another_configuration_by_flag_or_variable_is_no_way_round(&laptop);
    podman::a_mount_in_a_namespace_of_one_command_hides_the_configuration(&laptop);
    podman::another_signature_policy_lets_registries_by_address_pass_and_no_others(&laptop);
    podman::a_login_for_one_command_reaches_no_registry(&laptop);
    podman::tags_are_listed_past_the_gateway_and_pulls_of_all_of_them_are_judged(&laptop);
    files::images_from_files_are_not_judged_and_are_listed(&laptop);
    later::ports_that_anybody_may_take_are_told(&laptop);
    later::an_engine_that_comes_later_is_told_and_led_by_the_command_that_is_told(&laptop);
    files::the_web_and_the_command_line_bring_what_they_want(&laptop);
    files::tools_of_root_read_the_configuration_that_they_are_told(&laptop);
    unlisted::a_rule_for_every_registry_holds_where_the_manual_says(&laptop);
}

/// Holds that the manual has this way round, and says of it that it was seen.
fn row(way: &str) {
    let row = PAPER.lines().find(|line| line.starts_with(&format!("| {way}")));
    let row = row.unwrap_or_else(|| panic!("limits.md has no row `{way}`"));
    assert!(row.ends_with("| seen |"), "{row}");
}

fn publish(laptop: &Laptop, repository: &str) {
    laptop.internet().publish(&Image::new(repository, &["1"]));
}

fn ada(laptop: &Laptop, command: &str) -> Output {
    laptop.run_as(Person::Ada, &format!("exec 2>&1; {command}"))
}

fn comes(output: &Output) {
    assert_eq!(output.code, 0, "{}", output.terminal);
}

fn is_denied(output: &Output) {
    assert!(output.code != 0 && output.terminal.contains("image access denied"), "{}", output.terminal);
}

/// Holds that nobody is told that an engine is not led, once what was seen of a command that has ended is looked at again.
fn nothing_is_told(laptop: &Laptop) {
    // Processes without files that tell of them are looked at again within a minute.
    laptop.wait_up_to(Duration::from_secs(90), "nothing is told of a way round", |laptop| {
        condition(laptop, "engine-not-routed").is_none()
    });
}
