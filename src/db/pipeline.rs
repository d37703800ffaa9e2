//! Sends statements without waiting for the one before, and still knows which of them failed or gave a notice.

use std::collections::VecDeque;
use std::pin::Pin;

use futures_util::poll;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_postgres::error::DbError as ServerMessage;
use tokio_postgres::{Client, Error};

use super::session::Session;

/// The largest amount of SQL under way at once, in bytes and in statements: enough to hide the round trips, little
/// enough that a file of any size needs no more memory than this.
const MAX_BYTES: usize = 1 << 20;
const MAX_STATEMENTS: usize = 512;

type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;

struct UnderWay<'a, P> {
    answer: Answer<'a>,
    place: P,
    bytes: usize,
}

/// Statements under way on one session. `P` says where a statement came from.
pub(super) struct Pipeline<'a, P> {
    client: &'a Client,
    notices: &'a mut UnboundedReceiver<ServerMessage>,
    under_way: VecDeque<UnderWay<'a, P>>,
    bytes: usize,
    heard: Vec<(P, ServerMessage)>,
}

/// The first statement that failed.
#[derive(Debug)]
pub(super) struct Failed<P> {
    pub(super) place: P,
    pub(super) error: Error,
}

impl<'a, P: Copy> Pipeline<'a, P> {
    pub(super) fn new(session: &'a mut Session) -> Self {
        let Session { client, notices, .. } = session;
        Self { client, notices, under_way: VecDeque::new(), bytes: 0, heard: Vec::new() }
    }

    /// Returns the client, for futures that are to be pushed.
    pub(super) fn client(&self) -> &'a Client {
        self.client
    }

    /// Sends SQL of one or more statements by the simple protocol.
    pub(super) async fn send(&mut self, place: P, sql: &'a str) -> Result<(), Failed<P>> {
        let client = self.client;
        self.push(place, sql.len(), Box::pin(client.batch_execute(sql))).await
    }

    /// Sends what `answer` does on its first poll; the future must send everything before it first waits.
    pub(super) async fn push(
        &mut self,
        place: P,
        bytes: usize,
        mut answer: Answer<'a>,
    ) -> Result<(), Failed<P>> {
        while !self.under_way.is_empty()
            && (self.bytes + bytes > MAX_BYTES || self.under_way.len() >= MAX_STATEMENTS)
        {
            self.settle_first().await?;
        }
        // A future that is not polled has sent nothing; polled in order, the statements go out in order.
        match poll!(&mut answer) {
            std::task::Poll::Ready(Err(error)) => return Err(Failed { place, error }),
            std::task::Poll::Ready(Ok(())) => {}
            std::task::Poll::Pending => {
                self.bytes += bytes;
                self.under_way.push_back(UnderWay { answer, place, bytes });
            }
        }
        Ok(())
    }

    /// Waits until every statement sent so far has ended well, or returns the first that did not.
    pub(super) async fn settle(&mut self) -> Result<(), Failed<P>> {
        while !self.under_way.is_empty() {
            self.settle_first().await?;
        }
        Ok(())
    }

    /// Waits for the end of all statements, whatever it is: after an error, before anything else is sent.
    pub(super) async fn drain(&mut self) {
        while self.settle_first().await.is_err() || !self.under_way.is_empty() {}
    }

    /// Takes the notices heard so far, each with the statement that gave it.
    pub(super) fn take_notices(&mut self) -> Vec<(P, ServerMessage)> {
        std::mem::take(&mut self.heard)
    }

    async fn settle_first(&mut self) -> Result<(), Failed<P>> {
        let Some(first) = self.under_way.front_mut() else { return Ok(()) };
        let place = first.place;
        let result = loop {
            tokio::select! {
                biased;
                result = &mut first.answer => break result,
                Some(notice) = self.notices.recv() => self.heard.push((place, notice)),
            }
        };
        self.bytes -= first.bytes;
        self.under_way.pop_front();
        result.map_err(|error| Failed { place, error })
    }
}
