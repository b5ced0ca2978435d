//! HTTP and TLS on this machine: the only place that names sockets, rustls and rcgen.
//!
//! ```text
//! listener   accepts on a loopback address, a thread a connection, and reads requests one after the other
//! proxy      CONNECT to hosts that are answered here; every other host is refused
//! tls        a certificate authority that is made at each start and lives in memory
//! http       one request in, one response out, with limits on size and time
//! ```

mod http;
mod listener;
mod proxy;
mod tls;

pub use http::{Request, Response};
pub use listener::{Handler, Listener, Server};
pub use tls::Authority;
