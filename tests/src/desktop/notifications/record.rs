//! The record of notifications, read from what `busctl monitor` wrote: one message a line, in JSON.

use std::time::Duration;

use serde_json::Value;

/// What crossed the bus, each kind in the order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Calls of `Notify`.
    pub sent: Vec<Notification>,
    /// Ids that an application asked to close.
    pub withdrawn: Vec<u32>,
    /// Ids and keys of the actions that a person pressed.
    pub invoked: Vec<(u32, String)>,
    /// Ids that are closed with the reason: 1 expired, 2 dismissed, 3 withdrawn, 4 unknown.
    pub closed: Vec<(u32, u32)>,
}

/// A call of `Notify`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The id that the daemon answered with; none before it has, and where there is no daemon.
    pub id: Option<u32>,
    /// The name of the application.
    pub application: String,
    /// The id of the notification that this one replaces, or zero.
    pub replaces: u32,
    /// The name of the icon.
    pub icon: String,
    /// The title.
    pub summary: String,
    /// The text below.
    pub body: String,
    /// Keys and labels of the buttons.
    pub actions: Vec<(String, String)>,
    /// The urgency hint, if it is given.
    pub urgency: Option<Urgency>,
    /// How long it shall be shown in milliseconds; 0 for ever, -1 as the daemon likes.
    pub timeout: i64,
    /// When it was sent, since 1970.
    pub at: Duration,
}

/// How much a notification may disturb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Not at all.
    Low,
    /// As usual.
    Normal,
    /// At once, and until it is dismissed.
    Critical,
}

/// Reads the whole lines of a log; words between messages do not matter.
pub(super) fn parse(log: &str) -> Record {
    let mut record = Record::default();
    let mut asked: Vec<(Value, Value)> = Vec::new();
    let lines = log.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    for message in lines.filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let content = &message["payload"]["data"];
        match (message["type"].as_str(), message["member"].as_str()) {
            (Some("method_call"), Some("Notify")) => {
                record.sent.push(notification(&message));
                asked.push((message["sender"].clone(), message["cookie"].clone()));
            }
            (Some("method_call"), Some("CloseNotification")) => record.withdrawn.push(small(&content[0])),
            (Some("signal"), Some("ActionInvoked")) => {
                record.invoked.push((small(&content[0]), text(&content[1])))
            }
            (Some("signal"), Some("NotificationClosed")) => {
                record.closed.push((small(&content[0]), small(&content[1])));
            }
            (Some("method_return"), _) => {
                let question = (message["destination"].clone(), message["reply_cookie"].clone());
                if let Some(index) = asked.iter().position(|asked| *asked == question) {
                    record.sent[index].id = Some(small(&content[0]));
                }
            }
            _ => {}
        }
    }
    record
}

fn notification(message: &Value) -> Notification {
    let content = &message["payload"]["data"];
    let words: Vec<String> =
        content[5].as_array().map(Vec::as_slice).unwrap_or_default().iter().map(text).collect();
    Notification {
        id: None,
        application: text(&content[0]),
        replaces: small(&content[1]),
        icon: text(&content[2]),
        summary: text(&content[3]),
        body: text(&content[4]),
        actions: words.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect(),
        urgency: match content[6]["urgency"]["data"].as_u64() {
            Some(0) => Some(Urgency::Low),
            Some(1) => Some(Urgency::Normal),
            Some(_) => Some(Urgency::Critical),
            None => None,
        },
        timeout: content[7].as_i64().unwrap_or_default(),
        at: Duration::from_micros(message["timestamp-realtime"].as_u64().unwrap_or_default()),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn small(value: &Value) -> u32 {
    value.as_u64().and_then(|number| number.try_into().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Notification, Record, Urgency, parse};

    const LOG: &str = r#"words between messages
{"type":"method_call","cookie":9,"timestamp-realtime":5,"sender":":1.4","member":"Notify","payload":{"data":["Lab",0,"gate","One","Body",["why","Why?"],{"urgency":{"type":"y","data":2}},-1]}}
{"type":"method_call","cookie":9,"timestamp-realtime":6,"sender":":1.5","member":"Notify","payload":{"data":["Lab",7,"","Two","",[],{},0]}}
{"type":"method_return","reply_cookie":9,"destination":":1.5","payload":{"data":[7]}}
{"type":"signal","member":"ActionInvoked","payload":{"data":[7,"why"]}}
{"type":"method_call","member":"CloseNotification","payload":{"data":[7]}}
{"type":"signal","member":"NotificationClosed","payload":{"data":[7,3]}}
{"type":"signal","member":"NotificationClosed","payl"#;

    #[test]
    fn answers_belong_to_their_questions_and_half_a_line_is_not_read() {
        let one = Notification {
            id: None,
            application: "Lab".to_owned(),
            replaces: 0,
            icon: "gate".to_owned(),
            summary: "One".to_owned(),
            body: "Body".to_owned(),
            actions: vec![("why".to_owned(), "Why?".to_owned())],
            urgency: Some(Urgency::Critical),
            timeout: -1,
            at: Duration::from_micros(5),
        };
        let two = Notification {
            id: Some(7),
            replaces: 7,
            icon: String::new(),
            summary: "Two".to_owned(),
            body: String::new(),
            actions: vec![],
            urgency: None,
            timeout: 0,
            at: Duration::from_micros(6),
            ..one.clone()
        };
        let invoked = vec![(7, "why".to_owned())];
        assert_eq!(
            parse(LOG),
            Record { sent: vec![one, two], withdrawn: vec![7], invoked, closed: vec![(7, 3)] }
        );
    }
}
