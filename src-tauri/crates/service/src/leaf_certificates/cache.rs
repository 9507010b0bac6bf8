//! Certificates in hand, by host. One that has to be signed is waited for by those who want that very host, and by
//! nobody else; where there are too many, the one that was not used for longest goes.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// What was signed for each host.
pub(super) struct Cache<T> {
    places: Mutex<HashMap<String, Arc<Place<T>>>>,
    /// Counts uses, so that the latest has the highest number.
    uses: AtomicU64,
    most: usize,
    keep: Duration,
}

struct Place<T> {
    used: AtomicU64,
    /// Held while one is signed.
    signed: tokio::sync::Mutex<Option<(Instant, T)>>,
}

impl<T> Default for Place<T> {
    fn default() -> Self {
        Self { used: AtomicU64::new(0), signed: tokio::sync::Mutex::new(None) }
    }
}

impl<T: Clone> Cache<T> {
    /// Keeps at most so many, each for at most so long.
    pub(super) fn new(most: usize, keep: Duration) -> Self {
        Self { places: Mutex::default(), uses: AtomicU64::new(0), most, keep }
    }

    /// What is in hand for a host, or what comes of having it signed. A failure is kept for nobody.
    pub(super) async fn get<E>(&self, host: &str, sign: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let place = self.place(host);
        let mut signed = place.signed.lock().await;
        if let Some((_, known)) = signed.as_ref().filter(|(since, _)| since.elapsed() < self.keep) {
            return Ok(known.clone());
        }
        let fresh = sign.await?;
        *signed = Some((Instant::now(), fresh.clone()));
        Ok(fresh)
    }

    fn place(&self, host: &str) -> Arc<Place<T>> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let use_number = self.uses.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(known) = places.get(host) {
            known.used.store(use_number, Ordering::Relaxed);
            return Arc::clone(known);
        }
        if places.len() >= self.most {
            forget_one(&mut places);
        }
        let place = Arc::new(Place { used: AtomicU64::new(use_number), ..Place::default() });
        places.insert(host.to_owned(), Arc::clone(&place));
        place
    }
}

/// Those that somebody waits for stay: they are few, since each waiting connection has a place of its user's.
fn forget_one<T>(places: &mut HashMap<String, Arc<Place<T>>>) {
    let idle = places.iter().filter(|(_, place)| Arc::strong_count(place) == 1);
    let oldest = idle.min_by_key(|(_, place)| place.used.load(Ordering::Relaxed));
    if let Some(host) = oldest.map(|(host, _)| host.clone()) {
        places.remove(&host);
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use tokio::{sync::oneshot, time::timeout};

    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    async fn signed(cache: &Cache<u32>, host: &str, value: u32) -> u32 {
        let ask = cache.get(host, async { Ok::<_, Infallible>(value) });
        timeout(SOON, ask).await.expect("it waits for another host").unwrap()
    }

    #[tokio::test]
    async fn one_slow_signature_stops_nobody_who_wants_another_host() {
        let cache = Arc::new(Cache::new(8, Duration::from_secs(60)));
        assert_eq!(signed(&cache, "known.example", 1).await, 1);
        let (answer, answered) = oneshot::channel();
        let (begin, begun) = oneshot::channel();
        let slow = tokio::spawn({
            let cache = Arc::clone(&cache);
            async move {
                let sign = async {
                    begin.send(()).unwrap();
                    Ok::<_, Infallible>(answered.await.unwrap())
                };
                cache.get("slow.example", sign).await.unwrap()
            }
        });
        begun.await.unwrap();
        assert_eq!(signed(&cache, "known.example", 9).await, 1);
        assert_eq!(signed(&cache, "new.example", 2).await, 2);
        let second = tokio::spawn({
            let cache = Arc::clone(&cache);
            async move { signed(&cache, "slow.example", 9).await }
        });
        tokio::task::yield_now().await;
        answer.send(7).unwrap();
        assert_eq!((slow.await.unwrap(), second.await.unwrap()), (7, 7), "one signature for both");
    }

    #[tokio::test]
    async fn made_up_names_do_not_drive_out_a_host_that_is_used() {
        let cache = Cache::new(4, Duration::from_secs(60));
        for number in 0..100 {
            assert_eq!(signed(&cache, "used.example", if number == 0 { 1 } else { 9 }).await, 1);
            signed(&cache, &format!("made-up-{number}.example"), 2).await;
        }
        assert_eq!(cache.places.lock().unwrap().len(), 4);
        assert_eq!(signed(&cache, "made-up-0.example", 3).await, 3, "what was not used for longest is gone");
    }

    #[tokio::test]
    async fn a_failure_is_not_kept_and_neither_is_what_is_old() {
        let cache = Cache::new(4, Duration::ZERO);
        assert_eq!(cache.get("a.example", async { Err(5) }).await, Err(5));
        assert_eq!(signed(&cache, "a.example", 1).await, 1);
        assert_eq!(signed(&cache, "a.example", 2).await, 2);
    }
}
