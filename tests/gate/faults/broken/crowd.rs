//! A thousand pulls at once, by one Docker Engine: what is blocked is told to each, and what is allowed comes to each.

use std::time::Instant;

use acceptance::laptop::Laptop;

use crate::network::lab::status;

pub(super) fn a_thousand_at_once_are_all_answered(laptop: &Laptop) {
    laptop.run("docker rmi -f official:1");
    let create = "http://docker/images/create?tag=1&fromImage=docker.io";
    let urls: String = (0..500)
        .flat_map(|number| [format!("{create}/evil/crowd-{number}"), format!("{create}/library/official")])
        .enumerate()
        .map(|(number, url)| format!("url = \"{url}\"\noutput = /var/tmp/crowd/{number}\n"))
        .collect();
    laptop.write_file("/root/crowd", urls);
    let begun = Instant::now();
    let crowd = laptop.run(
        "rm -rf /var/tmp/crowd; mkdir /var/tmp/crowd; ulimit -n 8192; curl -s --request POST --parallel --parallel-immediate \
         --parallel-max 1000 --unix-socket /run/docker.sock --config /root/crowd; cd /var/tmp/crowd; \
         grep -l 'image access denied' * | wc -l; grep -lE 'Downloaded newer image|Image is up to date' * | wc -l; \
         grep -LE 'image access denied|Downloaded newer|up to date' * | head -n 3 | xargs -r tail -n 3",
    );
    let took = begun.elapsed();
    let memory = laptop.run(
        "grep -E 'VmHWM|VmRSS' /proc/$(systemctl show --property MainPID --value pullgate.service)/status",
    );
    eprintln!("a thousand pulls: {:.1} s, {}", took.as_secs_f32(), memory.stdout.replace('\n', " "));
    assert!(crowd.stdout.starts_with("500\n500\n"), "{}", crowd.terminal);
    let status = status(laptop);
    assert_eq!(status["enforcing"], true);
    let codes: Vec<&str> = status["conditions"]
        .as_array()
        .expect("conditions are a list")
        .iter()
        .filter_map(|condition| condition["code"].as_str())
        .collect();
    assert!(codes.iter().all(|code| !code.starts_with("decisions-")), "{codes:?}");
}
