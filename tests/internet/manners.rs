//! Misbehavior on order: what was ordered for which repository, and how a body is spoiled.

use std::sync::Mutex;
use std::time::Duration;

use acceptance::internet::{Behavior, Manner};
use http_body_util::BodyExt;
use http_body_util::channel::{Channel, Sender};
use hyper::body::Bytes;

use crate::body::{Body, Failure};

#[derive(Default)]
pub(crate) struct Manners {
    ordered: Mutex<Vec<Behavior>>,
}

impl Manners {
    pub(crate) fn order(&self, behavior: Behavior) {
        self.ordered.lock().expect("no holder panics").push(behavior);
    }

    pub(crate) fn clear(&self) {
        self.ordered.lock().expect("no holder panics").clear();
    }

    /// Everything ordered for a repository, in the order it came.
    pub(crate) fn of(&self, repository: &str) -> Vec<Manner> {
        let ordered = self.ordered.lock().expect("no holder panics");
        let fits = |behavior: &&Behavior| behavior.repository == repository || behavior.repository == "*";
        ordered.iter().filter(fits).map(|behavior| behavior.manner.clone()).collect()
    }

    /// Everything ordered for a web host or this one page of it, in the order it came.
    pub(crate) fn of_page(&self, host: &str, path: &str) -> Vec<Manner> {
        let ordered = self.ordered.lock().expect("no holder panics");
        let fits = |behavior: &&Behavior| {
            let rest = behavior.repository.strip_prefix(host);
            rest.is_some_and(|rest| rest.is_empty() || rest == path)
        };
        ordered.iter().filter(fits).map(|behavior| behavior.manner.clone()).collect()
    }
}

/// Lets a body break off or trickle as ordered.
pub(crate) fn spoil(body: Body, manners: &[Manner]) -> Body {
    manners.iter().fold(body, |body, manner| match *manner {
        Manner::CutsBlobs { after } => through(body, move |body, out| cut(body, out, after)),
        Manner::Drips { bytes, milliseconds } => {
            through(body, move |body, out| drip(body, out, bytes, Duration::from_millis(milliseconds)))
        }
        Manner::Refuses { .. }
        | Manner::Answers { .. }
        | Manner::Slow { .. }
        | Manner::InlineBlobs
        | Manner::Redirects { .. }
        | Manner::RedirectsBlobs { .. } => body,
    })
}

fn through<Task>(body: Body, pump: impl FnOnce(Body, Sender<Bytes, Failure>) -> Task) -> Body
where
    Task: Future<Output = ()> + Send + 'static,
{
    let (sender, receiver) = Channel::new(1);
    tokio::spawn(pump(body, sender));
    receiver.boxed_unsync()
}

async fn cut(mut body: Body, mut out: Sender<Bytes, Failure>, after: u64) {
    let mut left = usize::try_from(after).unwrap_or(usize::MAX);
    while let Some(mut piece) = next(&mut body).await {
        let last = piece.len() > left;
        piece.truncate(left);
        left -= piece.len();
        if out.send_data(piece).await.is_err() {
            return;
        }
        if last {
            tokio::time::sleep(Duration::from_millis(20)).await;
            out.abort("cut off as ordered".into());
            return;
        }
    }
}

async fn drip(mut body: Body, mut out: Sender<Bytes, Failure>, size: usize, wait: Duration) {
    while let Some(mut piece) = next(&mut body).await {
        while !piece.is_empty() {
            let drop = piece.split_to(size.clamp(1, piece.len()));
            if out.send_data(drop).await.is_err() {
                return;
            }
            tokio::time::sleep(wait).await;
        }
    }
}

async fn next(body: &mut Body) -> Option<Bytes> {
    loop {
        match body.frame().await? {
            Ok(frame) => match frame.into_data() {
                Ok(data) => return Some(data),
                Err(_) => continue,
            },
            Err(_) => return None,
        }
    }
}
