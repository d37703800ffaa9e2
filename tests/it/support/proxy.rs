//! A proxy between crmdb and a test server that reads the protocol: it counts, it stops at a message, it cuts.
//!
//! A stop counts the messages upon which the server acts, over all connections, in the order in which the proxy reads
//! them: Query, Execute, Sync and the rows of COPY. Between a Parse and its Execute nothing happens that outlives the
//! session (PostgreSQL manual, 55.2.3 Extended Query; formats: 55.7).

use std::io::{BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::ground;
use super::postgres::{Database, Server};

/// Where the proxy stops the traffic of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StopAt {
    /// Which message upon which the server acts, from 1.
    pub(crate) message: usize,
    /// How far that message comes.
    pub(crate) how_far: HowFar,
}

/// How far the message comes at which the proxy stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HowFar {
    /// The server does not get it.
    Held,
    /// The server gets it, and the proxy does not wait for what it does with it.
    Forwarded,
    /// The server has answered it. Only Query and Sync are answered by themselves; the others are forwarded.
    Answered,
}

/// A message, such as that at which the proxy stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stopped {
    /// The message's type, and the SQL of a Query.
    pub(crate) message: String,
    /// The process of the server that serves the connection.
    pub(crate) pid: i32,
}

/// A unix socket that leads to a server.
pub(crate) struct Proxy {
    folder: TempDir,
    shared: Arc<Shared>,
}

/// What the threads of the proxy do with the traffic.
#[derive(Clone, Copy, Debug)]
enum Pace {
    /// Answers wait for so long, so that a client which does not wait for them has sent all that it can.
    Counting(Duration),
    /// Each message is answered before the next is sent, until the proxy has stopped.
    Stepping(StopAt),
}

struct Shared {
    upstream: PathBuf,
    pace: Pace,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    messages: Vec<Stopped>,
    flights: usize,
    links: Vec<Arc<Link>>,
    stopped: Option<Stopped>,
    resumed: bool,
    cut: bool,
}

/// One connection through the proxy.
struct Link {
    client: UnixStream,
    server: UnixStream,
    seen: Mutex<Seen>,
    changed: Condvar,
}

#[derive(Default)]
struct Seen {
    pid: i32,
    /// How often the server said that it waits for the client: ReadyForQuery or CopyInResponse.
    waiting: usize,
    copying: bool,
    closed: bool,
    /// Whether the client has sent something since the server's last answer was passed on.
    asked: bool,
}

/// A mutex whose holder panicked belongs to a test that fails anyway.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Proxy {
    /// Makes a proxy that counts round trips, holding back each answer for 80 ms.
    pub(crate) fn counting(server: &Server) -> Self {
        Self::new(server, Pace::Counting(Duration::from_millis(80)))
    }

    /// Makes a proxy that stops the traffic once.
    pub(crate) fn stopping(server: &Server, at: StopAt) -> Self {
        Self::new(server, Pace::Stepping(at))
    }

    fn new(server: &Server, pace: Pace) -> Self {
        let folder = ground::folder("crmdb-it-proxy-");
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let shared = Arc::new(Shared {
            upstream: server.socket(),
            pace,
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let of_thread = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if lock(&of_thread.state).cut {
                    break;
                }
                of_thread.open(client);
            }
        });
        Self { folder, shared }
    }

    /// Returns the URL of a database through the proxy.
    pub(crate) fn url(&self, database: &Database<'_>) -> String {
        format!("postgresql://postgres@/{}?host={}&port=5432", database.name(), self.folder.path().display())
    }

    /// Returns how often a client waited for the server, opening the connections included.
    pub(crate) fn round_trips(&self) -> usize {
        lock(&self.shared.state).flights
    }

    /// Returns the messages upon which the server acted, in order.
    pub(crate) fn messages(&self) -> Vec<Stopped> {
        lock(&self.shared.state).messages.clone()
    }

    /// Waits until the proxy has stopped; `None` as soon as `is_over` says that there is nothing left to stop.
    pub(crate) fn wait_for_stop(&self, mut is_over: impl FnMut() -> bool) -> Option<Stopped> {
        let start = Instant::now();
        loop {
            let state = lock(&self.shared.state);
            let (state, _) = self
                .shared
                .changed
                .wait_timeout_while(state, Duration::from_millis(5), |state| state.stopped.is_none())
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(stopped) = &state.stopped {
                return Some(stopped.clone());
            }
            drop(state);
            if is_over() {
                return None;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "the run neither ends nor comes to the stop");
        }
    }

    /// Lets the traffic go on, without another stop.
    pub(crate) fn resume(&self) {
        lock(&self.shared.state).resumed = true;
        self.shared.changed.notify_all();
    }

    /// Closes all connections and takes no more.
    pub(crate) fn cut(&self) {
        let mut state = lock(&self.shared.state);
        state.cut = true;
        for link in state.links.drain(..) {
            link.close();
        }
        drop(state);
        self.shared.changed.notify_all();
    }
}

impl Drop for Proxy {
    /// Wakes the thread that takes connections, so that it ends.
    fn drop(&mut self) {
        self.cut();
        let _ = UnixStream::connect(self.folder.path().join(".s.PGSQL.5432"));
    }
}

impl Shared {
    /// A server that is down closes the client's connection.
    fn open(self: &Arc<Self>, client: UnixStream) {
        let Ok(server) = UnixStream::connect(&self.upstream) else { return };
        let link = Arc::new(Link { client, server, seen: Mutex::default(), changed: Condvar::new() });
        lock(&self.state).links.push(Arc::clone(&link));
        let (to_server, to_client) = ((Arc::clone(self), Arc::clone(&link)), (Arc::clone(self), link));
        std::thread::spawn(move || {
            let (shared, link) = to_server;
            // An error here is a connection that has ended; both sides learn of it.
            let _ = shared.pass_on(&link);
            link.close();
        });
        std::thread::spawn(move || {
            let (shared, link) = to_client;
            let _ = shared.answer(&link);
            link.close();
        });
    }

    /// Passes the client's messages on until it ends.
    fn pass_on(&self, link: &Link) -> std::io::Result<()> {
        let mut client = BufReader::new(&link.client);
        let mut server = &link.server;
        let startup = read_sized(&mut client, Vec::new())?;
        link.ask();
        server.write_all(&startup)?;
        loop {
            let mut kind = [0];
            client.read_exact(&mut kind)?;
            let message = read_sized(&mut client, kind.to_vec())?;
            link.ask();
            match self.pace {
                Pace::Counting(_) => server.write_all(&message)?,
                Pace::Stepping(at) => self.step(link, at, &message)?,
            }
        }
    }

    /// Sends one message and waits for its answer, stopping where it is to.
    fn step(&self, link: &Link, at: StopAt, message: &[u8]) -> std::io::Result<()> {
        let acts = matches!(message[0], b'Q' | b'E' | b'S' | b'c' | b'd');
        let mut state = lock(&self.state);
        if acts {
            state.messages.push(Stopped { message: describe(message), pid: lock(&link.seen).pid });
        }
        let stops = acts && !state.resumed && state.messages.len() == at.message;
        drop(state);
        if stops && at.how_far == HowFar::Held {
            self.stop(link, message);
        }
        let waited_for = link.expects_answer(message[0]).then(|| link.waiting());
        (&link.server).write_all(message)?;
        if stops && at.how_far == HowFar::Forwarded {
            self.stop(link, message);
        }
        if let Some(before) = waited_for {
            link.wait_after(before);
        }
        if stops && at.how_far == HowFar::Answered {
            self.stop(link, message);
        }
        Ok(())
    }

    fn stop(&self, link: &Link, message: &[u8]) {
        let mut state = lock(&self.state);
        state.stopped = Some(Stopped { message: describe(message), pid: lock(&link.seen).pid });
        self.changed.notify_all();
        while !state.resumed && !state.cut {
            state = self.changed.wait(state).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }

    /// Passes the server's messages on until it ends.
    fn answer(&self, link: &Link) -> std::io::Result<()> {
        let mut server = BufReader::new(&link.server);
        let mut client = &link.client;
        loop {
            let mut kind = [0];
            server.read_exact(&mut kind)?;
            let message = read_sized(&mut server, kind.to_vec())?;
            if link.take_asked() {
                if let Pace::Counting(latency) = self.pace {
                    std::thread::sleep(latency);
                    link.take_asked();
                }
                lock(&self.state).flights += 1;
            }
            // A client that was killed does not read; what the server does still matters.
            let _ = client.write_all(&message);
            link.hear(&message);
        }
    }
}

impl Link {
    fn ask(&self) {
        lock(&self.seen).asked = true;
    }

    fn take_asked(&self) -> bool {
        std::mem::take(&mut lock(&self.seen).asked)
    }

    /// Notes what the server says about itself.
    fn hear(&self, message: &[u8]) {
        let mut seen = lock(&self.seen);
        match message[0] {
            b'K' => seen.pid = i32::from_be_bytes(message[5..9].try_into().unwrap()),
            b'Z' => seen.waiting += 1,
            b'G' => {
                seen.waiting += 1;
                seen.copying = true;
            }
            _ => {}
        }
        self.changed.notify_all();
    }

    /// Tells whether the server will say that it waits for the client: after Query and Sync. It ignores a Sync while it
    /// takes the rows of a COPY.
    fn expects_answer(&self, kind: u8) -> bool {
        let mut seen = lock(&self.seen);
        if matches!(kind, b'c' | b'f') {
            seen.copying = false;
        }
        kind == b'Q' || (kind == b'S' && !seen.copying)
    }

    fn waiting(&self) -> usize {
        lock(&self.seen).waiting
    }

    fn wait_after(&self, before: usize) {
        let mut seen = lock(&self.seen);
        while seen.waiting == before && !seen.closed {
            seen = self.changed.wait(seen).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }

    fn close(&self) {
        lock(&self.seen).closed = true;
        self.changed.notify_all();
        // Fails where the other side was faster.
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }
}

/// Reads the length and the rest of a message behind `head`.
fn read_sized(from: &mut impl Read, head: Vec<u8>) -> std::io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut message = head;
    message.extend(length);
    let start = message.len();
    message.resize(start + (u32::from_be_bytes(length) as usize - 4), 0);
    from.read_exact(&mut message[start..])?;
    Ok(message)
}

/// Returns the name of a message, and the SQL of a Query.
fn describe(message: &[u8]) -> String {
    match message[0] {
        b'Q' => format!("Query {}", String::from_utf8_lossy(&message[5..message.len() - 1])),
        b'E' => "Execute".to_owned(),
        b'S' => "Sync".to_owned(),
        b'c' => "CopyDone".to_owned(),
        b'd' => "CopyData".to_owned(),
        other => format!("message {}", char::from(other)),
    }
}
