//! One request, one answer.

use std::sync::{Arc, PoisonError};

use host::peer::Peer;
use jiff::SignedDuration;
use link::LinkError;
use policy::{Held, Pause};
use wire::{Code, Failure, Request, Response};

use super::{Client, doctor, explain, log, policy_show, sign_in};
use crate::service::{
    core::Core, engines, images, pause, policies, situation, steward_client::StewardError, upstreams,
};

/// Answers a request that its asker may make.
pub(super) async fn answer(
    core: &Arc<Core>,
    peer: Peer,
    request: Request,
    link: &mut Client,
) -> Result<(), LinkError> {
    let response = match request {
        Request::Status => {
            core.engines.first_look().await;
            Response::Status(Box::new(core.status()))
        }
        Request::Explain { image } => explain::explain(core, peer, &image),
        Request::Why { id } => log::why(core, peer, id).await,
        Request::Blocked { since } => return log::blocked(core, peer, since, link).await,
        Request::Log { since, follow } => return log::log(core, peer, since, follow, link).await,
        Request::Watch => return log::watch(core, peer, link).await,
        Request::Engines => {
            core.engines.first_look().await;
            Response::Engines { engines: core.engines.reports() }
        }
        Request::EnginesPlan { engine } => plans(engines::plan(core, engine, false).await),
        Request::EnginesApply { engine, dry_run: true, may_stop_containers } => {
            plans(engines::plan(core, engine, may_stop_containers).await)
        }
        Request::EnginesApply { engine, dry_run: false, may_stop_containers } => {
            changes(engines::apply(core, engine, may_stop_containers).await)
        }
        Request::EnginesVerify { engine } => match engines::verify(core, engine).await {
            Ok(engines) => Response::Engines { engines },
            Err(error) => failed(error),
        },
        Request::EnginesRestore { engine, dry_run: true, may_stop_containers } => {
            plans(engines::plan_restore(core, engine, may_stop_containers).await)
        }
        Request::EnginesRestore { engine, dry_run: false, may_stop_containers } => {
            changes(engines::restore(core, engine, may_stop_containers).await)
        }
        Request::Images => match images::report(core, peer).await {
            Ok(pages) => {
                for page in pages {
                    link.send(&Response::Images(page)).await?;
                }
                return Ok(());
            }
            Err(error) => failed(error),
        },
        Request::SignIn { method } => return sign_in::sign_in(core, peer, method, link).await,
        Request::SignOut => sign_in::sign_out(core).await,
        Request::PolicyShow => policy_show::show(core),
        Request::PolicyRefresh => match policies::refresh(core).await {
            Ok(()) => policy_show::show(core),
            Err(why) => Response::Error(
                Failure::new(Code::Failed, why)
                    .with_hint("Run `pullgate status` to see what holds meanwhile"),
            ),
        },
        Request::Reload => {
            situation::reload(core);
            policies::ask_soon(core);
            upstreams::refresh(Arc::clone(core)).await;
            Response::Done { sentence: core.status().headline() }
        }
        Request::Pause { seconds, reason } => {
            // What was being put back is finished first: nothing is changed once the pause holds.
            let _turn = engines::turn(core).await;
            begin_pause(core, peer, seconds, reason)
        }
        Request::Resume => end_pause(core),
        Request::Doctor { bundle } => Response::Doctor(doctor::examine(core, bundle).await),
    };
    link.send(&response).await
}

fn plans(planned: Result<Vec<wire::EnginePlan>, StewardError>) -> Response {
    planned.map_or_else(failed, |plans| Response::Plans { plans })
}

fn changes(changed: Result<Vec<wire::EngineChange>, StewardError>) -> Response {
    changed.map_or_else(failed, |changes| Response::Changes { changes })
}

fn failed(error: StewardError) -> Response {
    Response::Error(match error {
        StewardError::Refused(failure) => failure,
        StewardError::Absent { .. }
        | StewardError::Link(_)
        | StewardError::Silent(_)
        | StewardError::Unexpected => Failure::new(Code::StewardUnavailable, error.to_string())
            .with_hint("Run `systemctl status pullgate-steward.socket pullgate-steward.service`"),
    })
}

/// No pause is longer than a week: one that is needed longer is a policy.
const LONGEST: u64 = 7 * 24 * 3600;

fn begin_pause(core: &Core, peer: Peer, seconds: u64, reason: String) -> Response {
    if let Some(failure) = why_no_pause(core, seconds, &reason) {
        return Response::Error(failure);
    }
    let span = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    let Ok(until) = host::clock::now().checked_add(span) else {
        return Response::Error(Failure::new(Code::BadRequest, "the pause would not end"));
    };
    let by = host::people::by_uid(peer.uid)
        .ok()
        .flatten()
        .map_or_else(|| peer.uid.to_string(), |person| person.name);
    tracing::warn!(%until, by, reason, "enforcement is paused");
    set_pause(core, Some(Pause { until, reason, by }))
}

fn why_no_pause(core: &Core, seconds: u64, reason: &str) -> Option<Failure> {
    let situation = core.situation.borrow();
    if situation.organization.name.is_empty() {
        return Some(Failure::new(
            Code::NotEnrolled,
            "this machine is not enrolled, so there is nothing to pause",
        ));
    }
    let forbidden = match &situation.held {
        Held::Current(policy) => !policy.document().pause.allowed,
        Held::Absent | Held::Unusable { .. } => false,
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

fn end_pause(core: &Core) -> Response {
    set_pause(core, None)
}

fn set_pause(core: &Core, pause: Option<Pause>) -> Response {
    if let Err(error) = pause::write(&core.dirs, pause.as_ref()) {
        return Response::Error(Failure::new(Code::Failed, format!("the pause could not be kept: {error}")));
    }
    core.conditions.clear(pause::CODE);
    *core.pause.write().unwrap_or_else(PoisonError::into_inner) = pause;
    situation::put_in_force(core);
    Response::Done { sentence: core.status().headline() }
}
