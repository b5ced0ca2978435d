//! Accepts connections on a loopback address, a thread a connection.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::{ServerConnection, StreamOwned};

use super::http::{Connection, Request, Response, Unread};
use super::proxy;
use super::tls::Authority;
use crate::diagnostic::{Category, Diagnostic};

/// Answers one request. It is called from many threads.
pub type Handler = Arc<dyn Fn(Request) -> Response + Send + Sync>;

/// A client that sends nothing for so long is let go.
const IDLE: Duration = Duration::from_secs(60);
/// More than any client opens; a further one waits for the system's backlog.
const CONNECTIONS: usize = 256;

/// An address that is listened on, with nobody answering yet.
pub struct Listener {
    listener: TcpListener,
    pub address: SocketAddr,
}

impl Listener {
    /// Takes an address of this machine's own: `127.0.0.1:8443`; port 0 takes a free one.
    ///
    /// # Errors
    /// `NotLoopback` for an address that others can reach, `AddressTaken`, and addresses that are none.
    pub fn bind(address: &str) -> Result<Self, Diagnostic> {
        let fault = |id, what: String| Diagnostic::new(id, Category::Usage, what).about(address);
        let found = address
            .to_socket_addrs()
            .ok()
            .and_then(|mut all| all.next());
        let Some(found) = found else {
            return Err(
                fault("InvalidAddress", format!("'{address}' is no address"))
                    .hint("write an address and a port, such as 127.0.0.1:8443"),
            );
        };
        if !found.ip().is_loopback() {
            return Err(fault(
                "NotLoopback",
                format!("{address} can be reached from other machines"),
            )
            .hint("it believes everybody, so it listens on 127.0.0.1 or [::1] only"));
        }
        let listener = TcpListener::bind(found).map_err(|error| {
            let fault = Diagnostic::new(
                "AddressTaken",
                Category::Io,
                format!("{address} can't be listened on: {error}"),
            );
            fault
                .about(address)
                .hint("name another port; 0 takes a free one")
        })?;
        let address = listener.local_addr().map_err(|error| {
            Diagnostic::new("AddressTaken", Category::Io, format!("no address: {error}"))
        })?;
        Ok(Self { listener, address })
    }

    /// Begins to answer over TLS.
    pub fn serve(self, authority: &Authority, handler: Handler) -> Server {
        let config = Arc::clone(&authority.config);
        self.accept(move |stream| {
            secured(stream, &config, &handler);
        })
    }

    /// Begins to answer as a proxy: CONNECT to one of `hosts` is answered here over TLS, every other request is refused.
    pub fn proxy(
        self,
        authority: &Authority,
        hosts: &'static [&'static str],
        handler: Handler,
    ) -> Server {
        let config = Arc::clone(&authority.config);
        self.accept(move |stream| {
            let mut connection = Connection::new(stream);
            if let Some(stream) =
                proxy::connected(&mut connection, hosts).then(|| connection.into_stream())
                && let Some(stream) = stream
            {
                secured(stream, &config, &handler);
            }
        })
    }

    fn accept(self, answer: impl Fn(TcpStream) + Send + Sync + 'static) -> Server {
        let stop = Arc::new(AtomicBool::new(false));
        let address = self.address;
        let listener = self.listener;
        let answer = Arc::new(answer);
        let open = Arc::new(AtomicUsize::new(0));
        let thread = thread::spawn({
            let stop = Arc::clone(&stop);
            move || {
                for stream in listener.incoming() {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let Ok(stream) = stream else { continue };
                    while open.load(Ordering::Relaxed) >= CONNECTIONS {
                        thread::sleep(Duration::from_millis(5));
                    }
                    open.fetch_add(1, Ordering::Relaxed);
                    let (answer, open) = (Arc::clone(&answer), Arc::clone(&open));
                    thread::spawn(move || {
                        // Without a limit on silence a client could hold the thread for ever.
                        let limited = stream
                            .set_read_timeout(Some(IDLE))
                            .and_then(|()| stream.set_write_timeout(Some(IDLE)))
                            .and_then(|()| stream.set_nodelay(true));
                        if limited.is_ok() {
                            answer(stream);
                        }
                        open.fetch_sub(1, Ordering::Relaxed);
                    });
                }
            }
        });
        Server {
            address,
            stop,
            thread: Some(thread),
        }
    }
}

/// Something that answers, until it is dropped.
pub struct Server {
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // The thread waits for a connection: this is one.
        let woken = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if woken.is_ok()
            && let Some(thread) = self.thread.take()
        {
            // It has nothing left to fail at.
            let _ = thread.join();
        }
    }
}

fn secured(stream: TcpStream, config: &Arc<rustls::ServerConfig>, handler: &Handler) {
    let Ok(tls) = ServerConnection::new(Arc::clone(config)) else {
        return;
    };
    let mut connection = Connection::new(StreamOwned::new(tls, stream));
    // A client that doesn't trust the certificate, or speaks no TLS, is its own affair.
    let _ = answer(&mut connection, handler);
}

fn answer<S: io::Read + io::Write>(
    connection: &mut Connection<S>,
    handler: &Handler,
) -> io::Result<()> {
    loop {
        let request = match connection.read() {
            Ok(request) => request,
            Err(Unread::Closed) => return Ok(()),
            Err(Unread::Failed(error)) => return Err(error),
            Err(Unread::Refused(response)) => {
                connection.write(&Request::default(), &response)?;
                return Ok(());
            }
        };
        let response = handler(request.clone());
        thread::sleep(response.delay);
        if !connection.write(&request, &response)? {
            return Ok(());
        }
    }
}
