//! A connection that carries messages: both sides say hello, then one asks and the other answers.

use std::{collections::VecDeque, io, marker::PhantomData, time::Duration};

use ipc::{Disagreement, Fault, FrameError, Hello, Inbox, Message, MessageError, Received, encode};
use thiserror::Error;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    time::timeout,
};

/// A greeted connection that sends `Out` and receives `In`.
pub struct Link<In, Out> {
    stream: UnixStream,
    inbox: Inbox<In>,
    early: VecDeque<In>,
    out: PhantomData<Out>,
}

/// Why a connection cannot be used any longer.
#[derive(Debug, Error)]
pub enum LinkError {
    /// The socket failed.
    #[error("the connection broke: {0}")]
    Broken(#[from] io::Error),
    /// The other side closed it.
    #[error("the other side closed the connection")]
    Closed,
    /// What came is no frame or no hello.
    #[error("{0}")]
    Fault(Fault),
    /// What is to be sent cannot be.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The two versions are too far apart.
    #[error(transparent)]
    Disagreement(#[from] Disagreement),
    /// The other side went on although it has not been answered.
    #[error("the other side asked more before it was answered")]
    OutOfTurn,
    /// The other side said nothing in time.
    #[error("the other side did not say hello within {0:?}")]
    Silent(Duration),
}

const HELLO_TIME: Duration = Duration::from_secs(5);

impl<In: Message, Out: Message> Link<In, Out> {
    /// Greets the other side and waits for its greeting.
    pub async fn greet(stream: UnixStream) -> Result<Self, LinkError> {
        let mut link = Self::say_hello(stream).await?;
        link.await_hello().await?;
        Ok(link)
    }

    /// Greets the other side, whose greeting is still to come.
    pub async fn say_hello(stream: UnixStream) -> Result<Self, LinkError> {
        let mut link = Self { stream, inbox: Inbox::new(), early: VecDeque::new(), out: PhantomData };
        link.stream.write_all(&encode(&ours())?).await?;
        Ok(link)
    }

    /// Waits for the other side's greeting.
    pub async fn await_hello(&mut self) -> Result<(), LinkError> {
        let theirs = timeout(HELLO_TIME, self.hello()).await.map_err(|_| LinkError::Silent(HELLO_TIME))??;
        ours().agree(&theirs)?;
        Ok(())
    }

    /// The next message; one that cannot be understood is an inner error, and the next may well be.
    pub async fn receive(&mut self) -> Result<Result<In, MessageError>, LinkError> {
        if let Some(message) = self.early.pop_front() {
            return Ok(Ok(message));
        }
        loop {
            match self.inbox.receive() {
                Ok(Some(Received::Message(message))) => return Ok(Ok(message)),
                Ok(Some(Received::Hello(_))) => {}
                Ok(None) => self.read().await?,
                Err(Fault::Message(error)) => return Ok(Err(error)),
                Err(fault) => return Err(LinkError::Fault(fault)),
            }
        }
    }

    /// Waits until the other side is gone, or has said more than one message out of turn. Less is kept.
    pub async fn closed(&mut self) -> LinkError {
        loop {
            if let Err(error) = self.read().await {
                return error;
            }
            if self.inbox.is_full() {
                return LinkError::OutOfTurn;
            }
        }
    }

    /// Sends one message.
    pub async fn send(&mut self, message: &Out) -> Result<(), LinkError> {
        Ok(self.stream.write_all(&encode(message)?).await?)
    }

    async fn hello(&mut self) -> Result<Hello, LinkError> {
        loop {
            match self.inbox.receive().map_err(LinkError::Fault)? {
                Some(Received::Hello(hello)) => return Ok(hello),
                Some(Received::Message(message)) => self.early.push_back(message),
                None => self.read().await?,
            }
        }
    }

    async fn read(&mut self) -> Result<(), LinkError> {
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer).await? {
            0 => {
                self.inbox.finish()?;
                Err(LinkError::Closed)
            }
            count => {
                self.inbox.push(&buffer[..count]);
                Ok(())
            }
        }
    }
}

fn ours() -> Hello {
    Hello::of(env!("CARGO_PKG_VERSION"))
}

#[cfg(test)]
mod tests {
    use wire::{Request, Response};

    use super::*;

    #[tokio::test]
    async fn whoever_talks_on_while_being_waited_for_fills_no_memory() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut link = Link::<Request, Response>::say_hello(ours).await.unwrap();
        let talking = tokio::spawn(async move {
            let piece = [b'x'; 16 * 1024];
            let mut sent = 0;
            while sent < 64 << 20 && theirs.write_all(&piece).await.is_ok() {
                sent += piece.len();
            }
            sent
        });
        let ended = timeout(Duration::from_secs(20), link.closed()).await.unwrap();
        assert!(matches!(ended, LinkError::OutOfTurn), "{ended}");
        drop(link);
        let sent = talking.await.unwrap();
        assert!(sent < 2 << 20, "{sent} bytes were taken");
    }

    #[tokio::test]
    async fn what_comes_early_is_kept_and_an_end_is_noticed() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut link = Link::<Request, Response>::say_hello(ours).await.unwrap();
        theirs.write_all(&encode(&super::ours()).unwrap()).await.unwrap();
        link.await_hello().await.unwrap();
        theirs.write_all(&encode(&Request::Status).unwrap()).await.unwrap();
        assert!(timeout(Duration::from_millis(100), link.closed()).await.is_err());
        assert_eq!(link.receive().await.unwrap(), Ok(Request::Status));
        drop(theirs);
        assert!(matches!(link.closed().await, LinkError::Closed | LinkError::Broken(_)));
    }

    #[tokio::test]
    async fn a_request_longer_than_any_that_means_something_is_refused_before_it_comes() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut link = Link::<Request, Response>::say_hello(ours).await.unwrap();
        theirs.write_all(&encode(&super::ours()).unwrap()).await.unwrap();
        link.await_hello().await.unwrap();
        theirs.write_all(&(64 * 1024 + 1_u32).to_be_bytes()).await.unwrap();
        let refused = link.receive().await.unwrap_err().to_string();
        assert_eq!(refused, "a message has 65537 bytes; at most 65536 are possible");
    }
}
