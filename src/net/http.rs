//! One HTTP/1.1 request in, one response out, over whatever reads and writes.

use std::io::{self, Read, Write};
use std::time::Duration;

/// Graph refuses larger bodies too.
const BODY_LIMIT: usize = 4 << 20;
const HEAD_LIMIT: usize = 64 << 10;
const HEADERS: usize = 100;

/// A request as it came, its body whole.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    /// Path and query, as sent: `/v1.0/users?$top=5`.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The header of a name in any letter case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let own = self
            .headers
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name));
        own.map(|(_, value)| value.as_str())
    }

    fn closes(&self) -> bool {
        self.header("Connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }
}

#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// How long the client waits for it.
    pub delay: Duration,
    /// The connection is closed in place of it: the client never learns what became of its request.
    pub lost: bool,
}

impl Response {
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            delay: Duration::ZERO,
            lost: false,
        }
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    #[must_use]
    pub fn text(self, text: &str) -> Self {
        let mut own = self.header("Content-Type", "text/plain; charset=utf-8");
        own.body = text.as_bytes().to_vec();
        own
    }
}

/// Why there is no request.
#[derive(Debug)]
pub(super) enum Unread {
    /// The client closed the connection between requests.
    Closed,
    /// It is no HTTP, or too large: this is the answer, and the connection ends.
    Refused(Response),
    Failed(io::Error),
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Unread::Failed(error)
    }
}

/// A connection with what was read ahead.
pub(super) struct Connection<S> {
    pub stream: S,
    ahead: Vec<u8>,
}

impl<S: Read + Write> Connection<S> {
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            ahead: Vec::new(),
        }
    }

    /// The stream, for a connection that goes on as something else; none if more was sent than the request.
    pub fn into_stream(self) -> Option<S> {
        self.ahead.is_empty().then_some(self.stream)
    }

    /// Reads the next request.
    pub fn read(&mut self) -> Result<Request, Unread> {
        let (mut request, length) = loop {
            if let Some((request, length)) = parse_head(&self.ahead)? {
                break (request, length);
            }
            if self.ahead.len() > HEAD_LIMIT {
                return Err(refused(431, "the head of the request is too long"));
            }
            if self.more()? == 0 {
                return match self.ahead.is_empty() {
                    true => Err(Unread::Closed),
                    false => Err(refused(400, "the request ends in the middle")),
                };
            }
        };
        self.ahead.drain(..length);
        if request
            .header("Expect")
            .is_some_and(|value| value.eq_ignore_ascii_case("100-continue"))
        {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let chunked = request
            .header("Transfer-Encoding")
            .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
        request.body = match (chunked, request.header("Content-Length")) {
            // Both at once is how requests are smuggled.
            (true, Some(_)) => return Err(refused(400, "the length of the body is said twice")),
            (true, None) => self.chunks()?,
            (false, None) => Vec::new(),
            (false, Some(text)) => {
                let length: usize = text
                    .trim()
                    .parse()
                    .map_err(|_| refused(400, "Content-Length is no number"))?;
                self.take(length)?
            }
        };
        Ok(request)
    }

    fn more(&mut self) -> Result<usize, Unread> {
        let mut buffer = [0; 16 << 10];
        let count = self.stream.read(&mut buffer)?;
        self.ahead.extend_from_slice(&buffer[..count]);
        Ok(count)
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>, Unread> {
        if length > BODY_LIMIT {
            return Err(refused(413, "the body is larger than 4 MiB"));
        }
        while self.ahead.len() < length {
            if self.more()? == 0 {
                return Err(refused(400, "the body ends in the middle"));
            }
        }
        let rest = self.ahead.split_off(length);
        Ok(std::mem::replace(&mut self.ahead, rest))
    }

    fn chunks(&mut self) -> Result<Vec<u8>, Unread> {
        let mut body = Vec::new();
        loop {
            let line = self.line()?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16)
                .map_err(|_| refused(400, "the length of a chunk is no number"))?;
            if body.len().saturating_add(size) > BODY_LIMIT {
                return Err(refused(413, "the body is larger than 4 MiB"));
            }
            if size == 0 {
                while !self.line()?.is_empty() {}
                return Ok(body);
            }
            body.extend(self.take(size)?);
            self.line()?;
        }
    }

    fn line(&mut self) -> Result<String, Unread> {
        loop {
            if let Some(end) = self.ahead.windows(2).position(|pair| pair == b"\r\n") {
                let line: Vec<u8> = self.ahead.drain(..end + 2).take(end).collect();
                return Ok(String::from_utf8_lossy(&line).into_owned());
            }
            if self.ahead.len() > HEAD_LIMIT {
                return Err(refused(400, "a line of the body is too long"));
            }
            if self.more()? == 0 {
                return Err(refused(400, "the body ends in the middle"));
            }
        }
    }

    /// Writes a response; whether another request may follow.
    pub fn write(&mut self, request: &Request, response: &Response) -> io::Result<bool> {
        if response.lost {
            return Ok(false);
        }
        let closes = request.closes();
        let mut head = format!(
            "HTTP/1.1 {} {}\r\n",
            response.status,
            reason(response.status)
        );
        for (name, value) in &response.headers {
            // A value of the tenant must not begin another header.
            let safe: String = value.chars().filter(|c| !c.is_control()).collect();
            head.push_str(&format!("{name}: {safe}\r\n"));
        }
        // 204 has no body, and no length of one.
        if response.status != 204 {
            head.push_str(&format!("Content-Length: {}\r\n", response.body.len()));
        }
        if closes {
            head.push_str("Connection: close\r\n");
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        if request.method != "HEAD" {
            bytes.extend_from_slice(&response.body);
        }
        self.stream.write_all(&bytes)?;
        self.stream.flush()?;
        Ok(!closes)
    }
}

/// The head of a request and its length in bytes, once it is whole.
fn parse_head(bytes: &[u8]) -> Result<Option<(Request, usize)>, Unread> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let length = match parsed.parse(bytes) {
        Ok(httparse::Status::Partial) => return Ok(None),
        Ok(httparse::Status::Complete(length)) => length,
        Err(error) => return Err(refused(400, &format!("this is no HTTP request: {error}"))),
    };
    let headers = parsed.headers.iter().map(|own| {
        let value = String::from_utf8_lossy(own.value).into_owned();
        (own.name.to_owned(), value)
    });
    let request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        target: parsed.path.unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: Vec::new(),
    };
    Ok(Some((request, length)))
}

fn refused(status: u16, why: &str) -> Unread {
    Unread::Refused(
        Response::new(status)
            .header("Connection", "close")
            .text(why),
    )
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        424 => "Failed Dependency",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a client sends, in pieces of `size` bytes, and what it is answered.
    struct Pipe {
        sent: Vec<u8>,
        size: usize,
        answered: Vec<u8>,
    }

    impl Read for Pipe {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.size.min(self.sent.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.sent[..count]);
            self.sent.drain(..count);
            Ok(count)
        }
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.answered.extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn sent(text: &str, size: usize) -> Connection<Pipe> {
        Connection::new(Pipe {
            sent: text.as_bytes().to_vec(),
            size,
            answered: Vec::new(),
        })
    }

    #[test]
    fn requests_are_read_one_after_the_other_however_they_are_cut() {
        let text = "POST /v1.0/$batch HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbodyGET /v1.0/users?$top=5 HTTP/1.1\r\n\r\n\
                    POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
        for size in 1..text.len() {
            let mut connection = sent(text, size);
            let first = connection.read().unwrap();
            assert_eq!(
                (first.method.as_str(), first.body.as_slice()),
                ("POST", &b"body"[..])
            );
            assert_eq!(connection.read().unwrap().target, "/v1.0/users?$top=5");
            assert_eq!(connection.read().unwrap().body, b"abcde");
            assert!(matches!(connection.read(), Err(Unread::Closed)));
        }
    }

    #[test]
    fn what_is_no_request_is_refused_with_a_status() {
        let long = format!("GET / HTTP/1.1\r\nx: {}\r\n", "a".repeat(HEAD_LIMIT + 1));
        for (text, status) in [
            ("hello\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
            ("GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc", 400),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                400,
            ),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
                413,
            ),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
                400,
            ),
            (long.as_str(), 431),
        ] {
            match sent(text, 4096).read() {
                Err(Unread::Refused(response)) => assert_eq!(response.status, status, "{text:.60}"),
                other => panic!("{text:.60}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_value_begins_no_other_header() {
        let mut connection = sent("", 1);
        let response = Response::new(200).header("Location", "/x\r\nSet-Cookie: y");
        connection.write(&Request::default(), &response).unwrap();
        let answered = String::from_utf8(connection.stream.answered).unwrap();
        assert!(
            answered.contains("Location: /xSet-Cookie: y\r\n"),
            "{answered}"
        );
    }
}
