//! What the gateway decides by, put together from enrollment, policy and pause, and anew whenever one changes.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, atomic::Ordering},
    time::Duration,
};

use host::{
    managed,
    watch::{Watch, WatchError},
};
use identity::session::Terms;
use jiff::SignedDuration;
use policy::{
    Contact, DecisionContext, LoadedPolicy, Organization, Pause, PolicyStamp, SignIn, SignInPolicy,
};
use wire::{Event, PolicyChange, Severity};

use super::{
    age, age::ClockError, core::Core, engines, enrolled::Enrolled, pause, policies, policies::PolicyInForce,
    provenance, proxy_users, session, time, upstreams,
};

const WATCH_FAILED: &str = "watch-failed";
/// Descriptors come back as soon as somebody closes something.
const READ_AGAIN: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// The situation of this moment.
pub(super) fn combine(
    enrolled: &Enrolled,
    policy: &PolicyInForce,
    pause: Option<Pause>,
    sign_in: SignIn,
) -> DecisionContext {
    let nobody = Organization {
        name: String::new(),
        display: "your organization".into(),
        contact: Contact::default(),
    };
    let enrollment = enrolled.good();
    DecisionContext {
        organization: enrollment.map_or(nobody, |enrollment| enrollment.organization.clone()),
        held: policy.held.clone(),
        absent_blocks: enrollment.is_some_and(|enrollment| enrollment.absent_blocks),
        sign_in,
        grants: Vec::new(),
        pause,
    }
}

/// Whether the policy lets images pass only while somebody is signed in, where the enrollment has a sign-in.
pub(super) fn is_sign_in_required(policy: &PolicyInForce) -> bool {
    sign_in_policy(policy).is_none_or(|policy| policy.required)
}

fn sign_in_policy(policy: &PolicyInForce) -> Option<&SignInPolicy> {
    match &policy.held {
        LoadedPolicy::Current(policy) => policy.document().sign_in.as_ref(),
        LoadedPolicy::Absent | LoadedPolicy::Unusable { .. } => None,
    }
}

fn terms(policy: &PolicyInForce) -> Terms {
    let hours = |hours: u32| SignedDuration::from_hours(hours.into());
    sign_in_policy(policy).map_or_else(Terms::default, |policy| Terms {
        grace: hours(policy.offline_grace_hours),
        recheck: hours(policy.recheck_hours),
    })
}

/// The files that are watched, and the watch on them.
pub(super) type Watched = Option<(Vec<PathBuf>, Watch)>;

/// Watches the enrollment and the policy; both are read again when they change. Says whether a watch was begun.
pub(super) fn watch(core: &Arc<Core>) -> bool {
    let mut paths = vec![core.dirs.config.clone()];
    paths.extend(enrollment_places(core));
    if let Some(enrollment) = core.enrolled.read().unwrap_or_else(PoisonError::into_inner).good() {
        paths.extend(enrollment.policy.document().and_then(std::path::Path::parent).map(Into::into));
    }
    paths.extend(upstreams::WATCHED.map(Into::into));
    paths.extend(network_places(core));
    let lock = || core.watched.lock().unwrap_or_else(PoisonError::into_inner);
    if lock().as_ref().is_some_and(|(have, _)| *have == paths) {
        return false;
    }
    match start(core, paths.clone()) {
        Ok(watch) => {
            core.conditions.clear(WATCH_FAILED);
            let replaced = lock().replace((paths, watch));
            // It waits for its listener, which may be waiting for the lock.
            drop(replaced);
            true
        }
        Err(error) => {
            let sentence = format!("Changes of the policy are not noticed by themselves: {error}");
            core.conditions.raise(WATCH_FAILED, Severity::Attention, sentence, Some("Restart the service"));
            false
        }
    }
}

/// The files that may enroll this machine, and the folders of their parts.
fn enrollment_places(core: &Core) -> Vec<PathBuf> {
    let places = managed::places(&core.enrollment_file).into_iter();
    places.flat_map(|(_, file, folder)| [file, folder]).collect()
}

/// The files that the enrollment names for the way out.
fn network_places(core: &Core) -> Vec<PathBuf> {
    let enrolled = core.enrolled.read().unwrap_or_else(PoisonError::into_inner);
    let network = enrolled.good().map(|enrollment| enrollment.network.clone()).unwrap_or_default();
    network.ca.into_iter().chain(network.proxy.and_then(|proxy| proxy.login)).collect()
}

fn start(core: &Arc<Core>, paths: Vec<PathBuf>) -> Result<Watch, WatchError> {
    let (watched, runtime) = (Arc::downgrade(core), core.runtime.clone());
    Watch::start(paths, move |changed| {
        let Some(watched) = watched.upgrade() else { return };
        let is_trust =
            |path: &std::path::PathBuf| upstreams::WATCHED.iter().any(|folder| path.starts_with(folder));
        if !changed.iter().all(is_trust) {
            reload(&watched);
        }
        // The enrollment's stand-ins are part of the way to registries, and are read anew by now.
        let mut places = enrollment_places(&watched);
        places.extend(network_places(&watched));
        let enrolls = |path: &PathBuf| places.iter().any(|place| path.starts_with(place));
        if changed.iter().any(|path| is_trust(path) || enrolls(path)) {
            runtime.spawn(upstreams::refresh(Arc::clone(&watched)));
        }
    })
}

/// Reads enrollment and policy again and puts them in force.
pub(super) fn reload(core: &Arc<Core>) {
    read(core);
    // What changed between the reading and the begin of a watch is a change to neither.
    if watch(core) {
        read(core);
    }
    publish_context(core);
}

/// One at a time: what was read earlier must not be put in the place of what was read later.
///
/// Where there is no descriptor to read with, what holds goes on to hold and is read again soon: anybody could bring that
/// about, and it says nothing of the enrollment.
fn read(core: &Arc<Core>) {
    let _turn = core.reading.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(enrolled) = Enrolled::read_again(&core.enrollment_file, &core.conditions) else {
        return read_soon(core);
    };
    let Some(offered) = policies::offered(&enrolled) else { return read_soon(core) };
    core.session.enroll(&core.dirs.state, enrolled.good(), &core.conditions);
    if matches!(enrolled, Enrolled::No) {
        *core.pause.write().unwrap_or_else(PoisonError::into_inner) =
            pause::forget(&core.dirs, &core.conditions);
        provenance::forget(core);
    }
    let is_over = matches!(enrolled, Enrolled::No);
    policies::apply_enrollment(core, enrolled, offered);
    if is_over {
        engines::forget_shown(core);
    }
    // The directory of accounts may be far away.
    let looking = Arc::clone(core);
    drop(core.runtime.spawn_blocking(move || proxy_users::look(&looking)));
}

fn read_soon(core: &Arc<Core>) {
    if core.reads_again.swap(true, Ordering::SeqCst) {
        return;
    }
    tracing::warn!(
        "the enrollment and the policy could not be read for want of descriptors; what holds stays"
    );
    let again = Arc::clone(core);
    core.runtime.spawn(async move {
        tokio::time::sleep(READ_AGAIN).await;
        again.reads_again.store(false, Ordering::SeqCst);
        if tokio::task::spawn_blocking(move || reload(&again)).await.is_err() {
            tracing::error!("reading the enrollment again has failed");
        }
    });
}

/// Puts what is known in force: the next request of any connection is judged by it.
///
/// One at a time: what was put together earlier must not be put in force after what was put together later.
pub(super) fn publish_context(core: &Core) {
    let _turn = core.forcing.lock().unwrap_or_else(PoisonError::into_inner);
    let situation = {
        let enrolled = core.enrolled.read().unwrap_or_else(PoisonError::into_inner);
        let policy = core.policy.read().unwrap_or_else(PoisonError::into_inner);
        let pause = core.pause.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(set) = policy.set.as_ref().filter(|set| set.trust().is_some()) {
            time::signed(set.policy().stamp().issued);
        }
        core.session.agree(terms(&policy));
        let sign_in = core.session.sign_in(is_sign_in_required(&policy));
        combine(&enrolled, &policy, pause.clone(), sign_in)
    };
    age::tell(&situation, &core.conditions, time::now());
    let clock_error = core.session.clock_error().or_else(|| time::behind().map(ClockError::Behind));
    age::tell_clock(clock_error, &core.conditions);
    core.session.raise(&situation.sign_in, &situation.organization.display, &core.conditions);
    let before = core.situation.send_replace(Arc::new(situation.clone()));
    if stamp(&before) != stamp(&situation) {
        let serial = stamp(&situation).map(|stamp| stamp.serial);
        tracing::info!(?serial, "the policy in force has changed");
        core.engines.policy_changed();
        tell_change(core, &before, &situation);
    }
    tell_status(core);
}

/// Tells those who watch, if there is anything new.
pub(super) fn tell_status(core: &Core) {
    let status = core.status();
    let mut told = core.told.lock().unwrap_or_else(PoisonError::into_inner);
    if told.as_ref() != Some(&status) {
        // Nobody watching is no fault.
        let _listeners = core.events.send(Event::Status { status: Box::new(status.clone()) });
        *told = Some(status);
    }
}

/// Some things change by time alone: a policy becomes old, a person joins a group of the machine. A steward that keeps
/// breaking off is no matter of time.
pub(super) async fn poll(core: Arc<Core>) {
    loop {
        let _late = tokio::time::timeout(LOOK_AGAIN, core.steward.crashes.became_many()).await;
        session::refresh_local_users(&core).await;
        let looking = Arc::clone(&core);
        if tokio::task::spawn_blocking(move || proxy_users::look(&looking)).await.is_err() {
            tracing::error!("looking up who may use the proxy front has failed");
        }
        pause::end_in_time(&core);
        core.starts.tell(&core.conditions);
        core.steward.crashes.tell(&core.conditions);
        publish_context(&core);
    }
}

/// Tells people once and on one line what another edition changed for them.
fn tell_change(core: &Core, before: &DecisionContext, after: &DecisionContext) {
    let (LoadedPolicy::Current(before), LoadedPolicy::Current(after)) = (&before.held, &after.held) else {
        return;
    };
    let Some(sentence) = policy_text::changes(before, after) else { return };
    tracing::info!(sentence, "what the policy changes for people");
    let change = PolicyChange { at: host::clock::now(), sentence: sentence.clone() };
    *core.change.lock().unwrap_or_else(PoisonError::into_inner) = Some(change);
    // Nobody watching is no fault.
    let _listeners = core.events.send(Event::PolicyChanged { stamp: after.stamp().clone(), sentence });
}

fn stamp(situation: &DecisionContext) -> Option<&PolicyStamp> {
    match &situation.held {
        LoadedPolicy::Current(policy) => Some(policy.stamp()),
        LoadedPolicy::Absent | LoadedPolicy::Unusable { .. } => None,
    }
}
