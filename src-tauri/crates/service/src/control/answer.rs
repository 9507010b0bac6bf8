//! One request, one answer.

use std::sync::Arc;

use host::peer::Peer;
use ipc::{Code, Failure};
use jiff::SignedDuration;
use link::LinkError;
use policy::{LoadedPolicy, Pause};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use wire::{EngineReport, Request, Response};

use super::{Client, Handles, doctor, explain, is_administrator, log, policy_show, sign_in};
use crate::{
    engines::{self, Steps},
    images,
    steward_client::StewardError,
    time,
};

/// Answers a request that its asker may make.
#[expect(clippy::too_many_lines, reason = "one request after the other")]
pub(super) async fn answer(
    handles: &Arc<Handles>,
    peer: Peer,
    request: Request,
    link: &mut Client,
) -> Result<(), LinkError> {
    let response = match request {
        Request::Status => {
            handles.engines.wait_first_check().await;
            Response::Status(Box::new(handles.publisher.status()))
        }
        Request::Explain { image } => explain::explain(handles, peer, &image),
        Request::Why { id } => log::why(handles, peer, id).await,
        Request::Blocked { since, limit } => return log::blocked(handles, peer, since, limit, link).await,
        Request::Log { since, follow } => return log::log(handles, peer, since, follow, link).await,
        Request::Activity { from } => log::activity(handles, peer, from).await,
        Request::Watch => return log::watch(handles, peer, link).await,
        Request::Engines => {
            handles.engines.wait_first_check().await;
            engine_reports(handles.engines.reports(), peer)
        }
        Request::EnginesPlan { engine } => plans(engines::plan(&handles.engines, engine, false).await),
        Request::EnginesApply { engine, dry_run: true, may_stop_containers, .. } => {
            plans(engines::plan(&handles.engines, engine, may_stop_containers).await)
        }
        Request::EnginesApply { engine, dry_run: false, may_stop_containers, progress: false } => {
            changes(engines::apply(&handles.engines, engine, may_stop_containers, &Steps::default()).await)
        }
        Request::EnginesApply { engine, dry_run: false, may_stop_containers, progress: true } => {
            let (sender, steps) = unbounded_channel();
            let progress = Steps::to(sender);
            let applied =
                async move { engines::apply(&handles.engines, engine, may_stop_containers, &progress).await };
            changes(with_progress(link, steps, applied).await)
        }
        Request::EnginesVerify { engine } => {
            match engines::verify_for(&handles.engines, engine, peer.uid).await {
                Ok(engines) => engine_reports(engines, peer),
                Err(failure) => Response::Error(failure),
            }
        }
        Request::EnginesRestore { engine, dry_run: true, may_stop_containers } => {
            plans(engines::plan_restore(&handles.engines, engine, may_stop_containers).await)
        }
        Request::EnginesRestore { engine, dry_run: false, may_stop_containers } => {
            changes(engines::restore(&handles.engines, engine, may_stop_containers).await)
        }
        Request::Images => match images::report(&handles.images, peer).await {
            Ok(pages) => {
                for page in pages {
                    link.send(&Response::Images(page)).await?;
                }
                return Ok(());
            }
            Err(failure) => Response::Error(failure),
        },
        Request::SignIn { method } => return sign_in::sign_in(handles, peer, method, link).await,
        Request::SignOut => sign_in::sign_out(handles).await,
        Request::PolicyShow => policy_show::show(handles),
        Request::PolicyRefresh => refresh(handles, peer).await,
        Request::Reload => {
            engines::begin_settling(&handles.engines);
            handles.policies.reload();
            handles.publisher.publish_context();
            handles.policies.ask_soon();
            handles.upstreams.refresh().await;
            Response::Done { sentence: handles.publisher.status().headline() }
        }
        Request::Pause { seconds, reason } => {
            // What was being put back is finished first: nothing is changed once the pause holds.
            let _turn = engines::turn(&handles.engines).await;
            begin_pause(handles, peer, seconds, reason)
        }
        Request::Resume => end_pause(handles),
        Request::Doctor { bundle } => Response::Doctor(doctor::examine(handles, bundle, peer).await),
    };
    link.send(&response).await
}

/// Does the work to its end, and tells what it waits for as long as somebody listens.
async fn with_progress<T>(
    link: &mut Client,
    mut steps: UnboundedReceiver<String>,
    work: impl Future<Output = T>,
) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            Some(sentence) = steps.recv() => {
                if let Err(error) = link.send(&Response::Progress { sentence }).await {
                    tracing::debug!(%error, "whoever asked went away");
                }
            }
            done = &mut work => return done,
        }
    }
}

async fn refresh(handles: &Arc<Handles>, peer: Peer) -> Response {
    if let Err(left) = handles.policies.admit(is_administrator(peer)) {
        let seconds = left.as_secs_f64().ceil();
        let plural = if seconds == 1.0 { "" } else { "s" };
        let why = format!(
            "the policy was fetched by hand on this machine less than 10 seconds ago; try again in {seconds} second{plural}"
        );
        let hint = "`pullgate policy show` says what came";
        return Response::Error(Failure::new(Code::TooSoon, why).with_hint(hint));
    }
    let refreshed = handles.policies.refresh().await;
    handles.publisher.publish_context();
    match refreshed {
        Ok(()) => policy_show::show(handles),
        Err(why) => Response::Error(
            Failure::new(Code::Failed, why).with_hint("Run `pullgate status` to see what holds meanwhile"),
        ),
    }
}

fn plans(planned: Result<Vec<wire::EnginePlan>, StewardError>) -> Response {
    planned.map_or_else(failed, |plans| Response::Plans { plans })
}

fn changes(changed: Result<Vec<wire::EngineChange>, StewardError>) -> Response {
    changed.map_or_else(failed, |changes| Response::Changes { changes })
}

fn failed(error: StewardError) -> Response {
    Response::Error(error.into())
}

/// What is of one person is for that person.
fn engine_reports(reports: Vec<EngineReport>, peer: Peer) -> Response {
    Response::Engines { engines: reports.into_iter().map(|it| it.shown_to(peer.uid)).collect() }
}

/// No pause is longer than a week: one that is needed longer is a policy.
const LONGEST: u64 = 7 * 24 * 3600;

fn begin_pause(handles: &Handles, peer: Peer, seconds: u64, reason: String) -> Response {
    if let Some(failure) = why_no_pause(handles, seconds, &reason) {
        return Response::Error(failure);
    }
    let span = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    let Ok(until) = time::now().checked_add(span) else {
        return Response::Error(Failure::new(Code::BadRequest, "the pause would not end"));
    };
    let by = host::people::by_uid(peer.uid)
        .ok()
        .flatten()
        .map_or_else(|| peer.uid.to_string(), |person| person.name);
    tracing::warn!(%until, by, reason, "enforcement is paused");
    set_pause(handles, Some(Pause { until, reason, by }))
}

fn why_no_pause(handles: &Handles, seconds: u64, reason: &str) -> Option<Failure> {
    let situation = handles.publisher.context();
    if situation.organization.name.is_empty() {
        return Some(Failure::new(
            Code::NotEnrolled,
            "this machine is not enrolled, so there is nothing to pause",
        ));
    }
    let forbidden = match &situation.held {
        LoadedPolicy::Current(policy) => !policy.document().pause.allowed,
        LoadedPolicy::Absent | LoadedPolicy::Unusable { .. } => false,
    };
    if forbidden {
        let who = &situation.organization.display;
        return Some(Failure::new(Code::Forbidden, format!("{who}'s policy forbids pausing enforcement")));
    }
    if seconds == 0 || seconds > LONGEST {
        return Some(Failure::new(Code::BadRequest, "a pause lasts at least a second and at most 7 days"));
    }
    if reason.trim().is_empty() || reason.len() > 500 {
        return Some(Failure::new(Code::BadRequest, "a pause needs a reason of at most 500 characters"));
    }
    None
}

fn end_pause(handles: &Handles) -> Response {
    set_pause(handles, None)
}

fn set_pause(handles: &Handles, pause: Option<Pause>) -> Response {
    if let Err(error) = handles.policies.set_pause(pause) {
        return Response::Error(Failure::new(Code::Failed, format!("the pause could not be kept: {error}")));
    }
    handles.publisher.publish_context();
    Response::Done { sentence: handles.publisher.status().headline() }
}
