//! What answers teach, beside a model that forgets nothing and looks at everything.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::{
    redirects::Redirects,
    upstream::{Destination, Scheme},
};

/// Two bytes are a step: somebody is sent to a host, a host is asked for images, or a tunnel is wanted; and the time
/// that passes. A host is a tunnel's for those alone who were sent there within 20 minutes, and never once it was asked.
pub(super) fn redirects(input: &[u8]) {
    let redirects = Redirects::default();
    let (mut sent, mut asked) = (BTreeMap::new(), BTreeSet::new());
    let mut now = Duration::from_secs(1);
    for step in input.chunks_exact(2).take(512) {
        let (uid, host) = (u32::from(step[0] >> 2) % 4, step[1] % 8);
        now += Duration::from_secs(u64::from(step[1] >> 4) * 60);
        let name = format!("host-{host}.example");
        let Some(place) = Destination::from_authority(Scheme::Https, &name) else { return };
        match step[0] % 4 {
            0 => {
                redirects.learn_host(uid, place, now);
                sent.insert((uid, host), now + Duration::from_secs(20 * 60));
            }
            1 => {
                redirects.learn_image_host(&place);
                asked.insert(host);
            }
            _ => {
                let is_sent = sent.get(&(uid, host)).is_some_and(|until| *until > now);
                let may = redirects.may_tunnel(uid, &place, now);
                assert_eq!(may, is_sent && !asked.contains(&host), "{uid} {name}");
            }
        }
    }
}
