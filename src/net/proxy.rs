//! The CONNECT of a proxy for programs that can't be told another address, to hosts that are answered here.

use std::io::{Read, Write};

use super::http::{Connection, Request, Response, Unread};

/// Answers what a client asks of its proxy; whether it is connected, so that TLS follows.
pub(super) fn connected<S: Read + Write>(connection: &mut Connection<S>, hosts: &[&str]) -> bool {
    let request = match connection.read() {
        Ok(request) => request,
        Err(Unread::Refused(response)) => {
            // The client is gone if it can't be written.
            let _ = connection.write(&Request::default(), &response);
            return false;
        }
        Err(_) => return false,
    };
    let host = request.target.rsplit_once(':').map_or("", |(host, _)| host);
    let known = hosts.iter().any(|own| own.eq_ignore_ascii_case(host));
    if request.method != "CONNECT" || !known {
        let whole = &request.target;
        let refusal = Response::new(403)
            .header("Connection", "close")
            .text(&format!(
                "{whole} is not rehearsed here: only Graph and its sign-in are\n"
            ));
        // The client is gone if it can't be written.
        let _ = connection.write(&request, &refusal);
        return false;
    }
    connection
        .stream
        .write_all(b"HTTP/1.1 200 Connection Established\r\n\r\n")
        .and_then(|()| connection.stream.flush())
        .is_ok()
}
