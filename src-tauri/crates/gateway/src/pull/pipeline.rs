//! The steps of a pull in their order, from a request that was read to the end of its answer.

use http1::Connection;
use policy::Permit;

use super::{
    context::RequestContext,
    decide::Ruling,
    deny, forward,
    forward::forwarding::Forwarding,
    journal, local_token, notify, redirected,
    request::{PullRequest, Subject},
    respond::{self, After},
};
use crate::gate::Gate;

/// Answers one request of an engine.
pub(crate) async fn answer(gate: &Gate, request: PullRequest, engine: &mut Connection) -> After {
    let _busy = Busy::new(gate);
    if request.subject == Subject::Token {
        return local_token::give(&request, engine).await;
    }
    let context = RequestContext::of(gate, &request);
    if matches!(request.subject, Subject::Content { .. }) {
        gate.redirects.learn_image_host(&request.destination);
    }
    let (operation, ruling) = redirected::judge(gate, &context, &request);
    match ruling {
        Ruling::Denied(denial) => {
            let decision = journal::record(gate, &context, &request, denial.finding());
            notify::emit(gate, &decision);
            deny::deny(&request, &decision.verdict, engine).await
        }
        Ruling::Hidden(push) => {
            if let Some(finding) = push.as_ref().and_then(Permit::finding) {
                notify::emit(gate, &journal::record(gate, &context, &request, finding));
            }
            respond::not_found(&request, engine).await
        }
        Ruling::Permitted(permitted) => {
            let finding = permitted.permit().finding().filter(|_| operation.is_recorded());
            let decision = finding.map(|finding| {
                let decision = journal::record(gate, &context, &request, finding);
                notify::emit(gate, &decision);
                decision
            });
            let forwarding = Forwarding {
                gate,
                context: &context,
                permitted: &permitted,
                request: &request,
                operation: &operation,
                decision: decision.as_ref(),
            };
            forward::forward(forwarding, engine).await
        }
    }
}

/// Counts a request that is being answered, so that a service that ends can let it finish.
struct Busy<'a>(&'a Gate);

impl<'a> Busy<'a> {
    fn new(gate: &'a Gate) -> Self {
        gate.busy.send_modify(|busy| *busy += 1);
        Self(gate)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.send_modify(|busy| *busy -= 1);
    }
}
