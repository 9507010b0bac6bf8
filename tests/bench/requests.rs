//! Small requests, one after the other on one connection: manifests that are allowed, and denials.

use acceptance::laptop::Laptop;

use super::figure::{Series, ratio, row, table};
use super::meter::Meter;

const GATE: &str = "127.0.0.1:859";
const SMALL: &str = "v2/measured/small/manifests/1";
const DENIED: &str = "v2/denied/small/manifests/1";
const TIMES: u32 = 2000;

/// One kind of request.
struct Way {
    title: &'static str,
    how: &'static str,
    url: String,
    unit: &'static str,
    status: u16,
    /// The row of nginx to compare with.
    nginx: Option<usize>,
}

fn ways() -> [Way; 8] {
    let way = |title, how, url: String, unit, status, nginx| Way { title, how, url, unit, status, nginx };
    let plain = |host: &str, path: &str| format!("http://{host}.example/{path}");
    let secure = |host: &str, path: &str| format!("https://{host}.example/{path}");
    [
        way("plain: direct", "direct", plain("origin", SMALL), "origin", 200, None),
        way("plain: nginx as reverse proxy", "direct", plain("reverse", SMALL), "reverse", 200, None),
        way("plain: pullgate", GATE, plain("origin", SMALL), "pullgate", 200, Some(1)),
        way("plain: pullgate denies", GATE, plain("origin", DENIED), "pullgate", 403, Some(1)),
        way("TLS: direct", "direct", secure("origin", SMALL), "origin", 200, None),
        way(
            "TLS on both sides: nginx as reverse proxy",
            "direct",
            secure("reverse", SMALL),
            "reverse",
            200,
            None,
        ),
        way("TLS on both sides: pullgate", GATE, secure("origin", SMALL), "pullgate", 200, Some(5)),
        way("TLS: pullgate denies", GATE, secure("origin", DENIED), "pullgate", 403, Some(5)),
    ]
}

/// Measures every kind in turn, again and again, and prints the table.
pub(crate) fn measure(laptop: &Laptop, rounds: usize) {
    let ways = ways();
    let mut middles = vec![Series::default(); ways.len()];
    let mut costs = vec![Series::default(); ways.len()];
    for round in 0..=rounds {
        for (index, way) in ways.iter().enumerate() {
            let (run, cpu) = Meter { laptop, unit: way.unit }.load(way.how, &way.url, TIMES);
            assert_eq!(run.status, way.status, "{}", way.title);
            // The first round only warms up.
            if round > 0 {
                middles[index].add(run.p50 * 1e6);
                costs[index].add(cpu * 1e6 / f64::from(TIMES));
            }
        }
    }
    let mut rows = vec![row(&["", "p50 µs", "CPU µs a request", "of nginx"])];
    for (index, way) in ways.iter().enumerate() {
        let share = way.nginx.map(|nginx| ratio(&costs[index], &costs[nginx])).unwrap_or_default();
        let cost = if way.how == "direct" && way.unit == "origin" {
            String::new()
        } else {
            costs[index].to_string()
        };
        rows.push(row(&[way.title, &middles[index].to_string(), &cost, &share]));
    }
    table(&format!("A manifest of 2 KiB, {TIMES} requests on one connection, {rounds} rounds"), &rows);
}
