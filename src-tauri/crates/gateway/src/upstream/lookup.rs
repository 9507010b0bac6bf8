//! Names of hosts, looked up by the system on threads that wait: a name whose servers are silent holds one for half a
//! minute. So each user has few at a time, and whoever asks for dead names makes only their own next names wait.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use tokio::sync::{AcquireError, Semaphore};

tokio::task_local! {
    /// For whom this task works; none is somebody who cannot be told.
    static ASKER: Option<u32>;
}

/// Does something for a user, whose share of look-ups it takes.
pub(crate) async fn on_behalf_of<F: Future>(uid: Option<u32>, work: F) -> F::Output {
    ASKER.scope(uid, work).await
}

/// For whom this task works.
pub(crate) fn asker() -> Option<u32> {
    ASKER.try_with(|asker| *asker).ok().flatten()
}

/// The addresses of a host, in the system's order.
pub(crate) async fn lookup(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let host = host.to_owned();
    let resolve = move || Ok((host.as_str(), port).to_socket_addrs()?.collect());
    LOOKUPS.run(asker(), resolve).await
}

static LOOKUPS: LazyLock<Lookups> = LazyLock::new(Lookups::default);

/// An image needs its registry, its token service and its store.
const EACH: usize = 8;
/// Engines of root serve everybody.
const ROOT: usize = 128;
/// With those of root half of the threads that Tokio has for waiting, which are 512.
const OTHERS: usize = 128;

/// How many are under way.
struct Lookups {
    of: Mutex<HashMap<Option<u32>, Arc<Semaphore>>>,
    others: Arc<Semaphore>,
}

impl Default for Lookups {
    fn default() -> Self {
        Self { of: Mutex::default(), others: Arc::new(Semaphore::new(OTHERS)) }
    }
}

impl Lookups {
    /// Waits for a place and keeps it until the system has answered, also if nobody waits for that any longer.
    async fn run<T: Send + 'static>(
        &self,
        uid: Option<u32>,
        resolve: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let own = self.of(uid).acquire_owned().await.map_err(closed)?;
        let shared = match uid {
            Some(0) => None,
            Some(_) | None => Some(Arc::clone(&self.others).acquire_owned().await.map_err(closed)?),
        };
        let waited = tokio::task::spawn_blocking(move || {
            let _places = (own, shared);
            resolve()
        });
        waited.await.map_err(io::Error::other)?
    }

    /// A user's places. Those that nobody uses are forgotten.
    fn of(&self, uid: Option<u32>) -> Arc<Semaphore> {
        let uid = uid.map(host::quota::owner);
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if of.len() > OTHERS {
            of.retain(|_, places| Arc::strong_count(places) > 1);
        }
        let most = if uid == Some(0) { ROOT } else { EACH };
        Arc::clone(of.entry(uid).or_insert_with(|| Arc::new(Semaphore::new(most))))
    }
}

fn closed(error: AcquireError) -> io::Error {
    io::Error::other(error)
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn dead_names_of_one_user_do_not_hold_up_another_s() {
        let lookups = Arc::new(Lookups::default());
        let (end, ended) = mpsc::channel::<()>();
        let ended = Arc::new(Mutex::new(ended));
        let dead = |uid| {
            let (lookups, ended) = (Arc::clone(&lookups), Arc::clone(&ended));
            tokio::spawn(async move {
                let silent = move || {
                    let _end = ended.lock().unwrap().recv();
                    Ok(())
                };
                // Whoever asked goes away at once; the thread waits on.
                timeout(Duration::from_millis(20), lookups.run(uid, silent)).await
            })
        };
        let gone: Vec<_> = (0..600).map(|_| dead(Some(1000))).collect();
        for gone in gone {
            assert!(gone.await.unwrap().is_err(), "a dead name was found");
        }
        assert_eq!(lookups.of(Some(1000)).available_permits(), 0, "the user's places are taken");
        for uid in [Some(1001), Some(0), None] {
            let found = timeout(Duration::from_secs(5), lookups.run(uid, || Ok(7))).await;
            assert_eq!(found.unwrap().unwrap(), 7, "{uid:?}");
        }
        let own = timeout(Duration::from_millis(50), lookups.run(Some(1000), || Ok(7))).await;
        assert!(own.is_err(), "the user's own next name waits");
        drop(end);
        let own = timeout(Duration::from_secs(5), lookups.run(Some(1000), || Ok(7))).await;
        assert_eq!(own.unwrap().unwrap(), 7);
    }

    #[tokio::test]
    async fn an_address_is_not_looked_up() {
        assert_eq!(lookup("[::1]", 5).await.unwrap(), ["[::1]:5".parse().unwrap()]);
        assert_eq!(lookup("192.0.2.1", 5).await.unwrap(), ["192.0.2.1:5".parse().unwrap()]);
    }
}
