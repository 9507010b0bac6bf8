//! One large blob: how fast it comes, and what the process between costs.

use acceptance::laptop::Laptop;

use super::figure::{Series, ratio, row, table, target};
use super::meter::Meter;
use super::stage::BLOB;

const GATE: &str = "127.0.0.1:859";
const PATH: &str =
    "v2/measured/blob/blobs/sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// The gate lets content hosts be tunneled to once an allowed registry has redirected there.
const REDIRECTED: &str = "https://origin.example/v2/measured/far/blobs/sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const GIB: f64 = (1_u64 << 30) as f64;

/// One way of getting the blob.
struct Way {
    title: &'static str,
    how: &'static str,
    url: String,
    /// The unit in between.
    unit: Option<&'static str>,
    /// Which row is nginx's, with that of tuned nginx behind it, and how much of its processor time this may take.
    goal: Option<(usize, f64)>,
    /// Which row is the direct one.
    direct: usize,
}

fn ways() -> [Way; 9] {
    let way = |title, how, url: String, unit, goal, direct| Way { title, how, url, unit, goal, direct };
    let plain = |host: &str| format!("http://{host}.example/{PATH}");
    let secure = |host: &str| format!("https://{host}.example/{PATH}");
    [
        way("plain: direct", "direct", plain("origin"), None, None, 0),
        way("plain: nginx as reverse proxy", "direct", plain("reverse"), Some("reverse"), None, 0),
        way("plain: nginx tuned for large bodies", "direct", plain("tuned"), Some("tuned"), None, 0),
        way("plain: pullgate", GATE, plain("origin"), Some("pullgate"), Some((1, 0.5)), 0),
        way("TLS: direct", "direct", secure("origin"), None, None, 4),
        way(
            "TLS on both sides: nginx as reverse proxy",
            "direct",
            secure("reverse"),
            Some("reverse"),
            None,
            4,
        ),
        way(
            "TLS on both sides: nginx tuned for large bodies",
            "direct",
            secure("tuned"),
            Some("tuned"),
            None,
            4,
        ),
        way(
            "TLS on both sides: pullgate, intercepted",
            GATE,
            secure("origin"),
            Some("pullgate"),
            Some((5, 0.7)),
            4,
        ),
        way(
            "TLS: pullgate, tunnel to a content host",
            GATE,
            "https://content.example/blob".to_owned(),
            Some("pullgate"),
            None,
            4,
        ),
    ]
}

/// Measures every way in turn, again and again, and prints the table.
pub(crate) fn measure(laptop: &Laptop, rounds: usize) {
    let ways = ways();
    let redirected = super::meter::load(laptop, GATE, REDIRECTED, 1).status;
    assert_eq!(redirected, 307, "the gate learns of the content host from a redirect");
    let mut rates = vec![Series::default(); ways.len()];
    let mut costs = vec![Series::default(); ways.len()];
    for round in 0..=rounds {
        for (index, way) in ways.iter().enumerate() {
            let meter = Meter { laptop, unit: way.unit.unwrap_or("origin") };
            let (run, cpu) = meter.load(way.how, &way.url, 1);
            assert_eq!((run.status, run.bytes), (200, BLOB), "{}", way.title);
            // The first round only warms up.
            if round > 0 {
                rates[index].add(run.bytes as f64 / run.seconds / f64::from(1 << 20));
                costs[index].add(cpu / (run.bytes as f64 / GIB));
            }
        }
    }
    let mut rows = vec![row(&["", "MiB/s", "of direct", "CPU s/GiB in between", "of nginx", "target"])];
    for (index, way) in ways.iter().enumerate() {
        let cost = way.unit.map(|_| costs[index].to_string()).unwrap_or_default();
        let (share, goal) = way.goal.map_or_else(Default::default, |(nginx, most)| {
            let tuned = ratio(&costs[index], &costs[nginx + 1]);
            let share = costs[index].median() / costs[nginx].median();
            (format!("{share:.2}×, tuned {tuned}"), target(share, most, "×"))
        });
        let rate = rates[index].to_string();
        rows.push(row(&[way.title, &rate, &ratio(&rates[index], &rates[way.direct]), &cost, &share, &goal]));
    }
    table(&format!("A blob of 1 GiB, {rounds} rounds: median (lowest–highest)"), &rows);
}
