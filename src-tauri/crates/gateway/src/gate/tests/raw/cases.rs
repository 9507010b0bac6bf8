//! What is sent.

/// Requests that are refused wherever they come in, with the words that name the place.
pub(super) const REFUSED: &[(&str, &str)] = &[
    // Two lengths.
    (
        "GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "more than once",
    ),
    (
        "GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
        "more than once",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "more than once",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nab",
        "more than once",
    ),
    (
        "GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        "more than once",
    ),
    (
        "GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "more than once",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\ncontent-length: 0\r\nCONTENT-LENGTH: 5\r\n\r\nhello",
        "more than once",
    ),
    // No number.
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 2, 2\r\n\r\nab", "not a number"),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 2,\r\n\r\nab", "not a number"),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 2;\r\n\r\nab", "not a number"),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 2 2\r\n\r\nab", "not a number"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: +2\r\n\r\nab", "not a number"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 0x2\r\n\r\nab", "not a number"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: -2\r\n\r\n", "not a number"),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 2.0\r\n\r\nab", "not a number"),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 2e0\r\n\r\nab", "not a number"),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 2_0\r\n\r\nab", "not a number"),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: \u{662}\r\n\r\nab", "not a number"),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length:\r\n\r\nab", "not a number"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 99999999999999999999\r\n\r\n", "not a number"),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 18446744073709551616\r\n\r\n", "not a number"),
    // Other codings.
    (
        "GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
        "not exactly chunked",
    ),
    (
        "GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "not exactly chunked",
    ),
    (
        "GET ACME/manifests/1 HTTP/1.0\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "not exactly chunked",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "not exactly chunked",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "not exactly chunked",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n",
        "not exactly chunked",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
        "not exactly chunked",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
        "not exactly chunked",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
        "not exactly chunked",
    ),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n", "not exactly chunked"),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chun\u{212a}ed\r\n\r\n0\r\n\r\n",
        "not exactly chunked",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "more than once",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "more than once",
    ),
    // Names that some server takes for others.
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer_Encoding: chunked\r\n\r\n0\r\n\r\n", "stated with _"),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent_Length: 5\r\n\r\nhello", "stated with _"),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 2\r\ncontent_length: 5\r\n\r\nhello",
        "stated with _",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "header line 3",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n",
        "header line 3",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding\0: chunked\r\n\r\n0\r\n\r\n",
        "header line 3",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        "header line 3",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\x0b\r\n\r\n0\r\n\r\n",
        "header line 3",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-\u{ad}Encoding: chunked\r\n\r\n0\r\n\r\n",
        "header line 3",
    ),
    // Bodies that a server may leave unread.
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 5\r\n\r\nhello", "has no body"),
    ("HEAD ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 5\r\n\r\nhello", "has no body"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "has no body"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n", "has no body"),
    ("HEAD ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n", "has no body"),
    ("DELETE ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 5\r\n\r\nhello", "has no body"),
    ("GET ACME/manifests/1 HTTP/1.0\r\nHOST\r\nContent-Length: 5\r\n\r\nhello", "has no body"),
    // Ends of lines.
    ("GET ACME/manifests/1 HTTP/1.1\nHOST\n\n", "line 1 of the request"),
    ("GET ACME/manifests/1 HTTP/1.1\nHOST\r\n\r\n", "line 1 of the request"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\nA: b\r\n\r\n", "line 2 of the request"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\n\r\n", "line 2 of the request"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\n\n", "line 3 of the request"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nA: b\rGET\r\n\r\n", "line 3 of the request"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nA: b\r\r\n\r\n", "line 3 of the request"),
    ("GET ACME/manifests/1 HTTP/1.1\rHOST\r\n\r\n", "line 1 of the request"),
    ("GET ACME/manifests/1 HTTP/1.1\r\r\nHOST\r\n\r\n", "line 1 of the request"),
    // Lines of the head.
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nA: b\r\n folded\r\n\r\n", "header line 4"),
    (
        "GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nA: b\r\n\tTransfer-Encoding: chunked\r\n\r\n",
        "header line 4",
    ),
    ("GET ACME/manifests/1 HTTP/1.1\r\n HOST\r\n\r\n", "header line 2"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\n \r\n\r\n", "header line 3"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nA : b\r\n\r\n", "header line 3"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nA: b\0\r\n\r\n", "header line 3"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nA: \x7f\r\n\r\n", "header line 3"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nA: \x1b[1m\r\n\r\n", "header line 3"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\n\0A: b\r\n\r\n", "header line 3"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\n: b\r\n\r\n", "header line 3"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\n(A): b\r\n\r\n", "header line 3"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nno colon\r\n\r\n", "header line 3"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nGET EVIL/manifests/1 HTTP/1.1\r\n\r\n", "header line 3"),
    // Hosts.
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nHOST\r\n\r\n", "two Hosts"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nhost: evil.example\r\n\r\n", "two Hosts"),
    ("GET ACME/manifests/1 HTTP/1.0\r\nHOST\r\nhost: evil.example\r\n\r\n", "two Hosts"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nA: b\r\n\r\n", "names no Host"),
    ("GET ACME/manifests/1 HTTP/1.1\r\n\r\n", "names no Host"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHost:\r\n\r\n", "not a host name"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHost: ghcr.io, evil.example\r\n\r\n", "not a host name"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHost: u@ghcr.io\r\n\r\n", "not a host name"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHost: ghcr.io/v2\r\n\r\n", "not a host name"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHost: ghcr.io evil\r\n\r\n", "not a host name"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHost: gh\u{441}r.io\r\n\r\n", "not a host name"),
    // The first line.
    ("GET  ACME/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    (" GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("GET ACME/manifests/1  HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("GET ACME/manifests/1 HTTP/1.1 \r\nHOST\r\n\r\n", "request line"),
    ("GET\tACME/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("GET ACME/manifests/1\tHTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("GET ACME/manifests/1\0 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("get ACME/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("G\0ET ACME/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("GET ACME/manifests/1 HTTP/2.0\r\nHOST\r\n\r\n", "request line"),
    ("GET ACME/manifests/1 HTTP/1.2\r\nHOST\r\n\r\n", "request line"),
    ("GET ACME/manifests/1 HTTP/1.10\r\nHOST\r\n\r\n", "request line"),
    ("GET ACME/manifests/1 HTTP/01.1\r\nHOST\r\n\r\n", "request line"),
    ("GET ACME/manifests/1 http/1.1\r\nHOST\r\n\r\n", "request line"),
    ("GET ACME/manifests/1 HTTP/0.9\r\nHOST\r\n\r\n", "request line"),
    ("GET ACME/manifests/1 HTTP/1.1 GET EVIL/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("GET ACME/manifests/1\r\nHOST\r\n\r\n", "request line"),
    ("GET\r\nHOST\r\n\r\n", "request line"),
    ("GET ACME/manifests/1#a HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("GET ACME/manifests/\u{441} HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("GET https://ghcr.io/v2/acme/app/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("GET http:/v2/acme/app/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("GET http:///v2/acme/app/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("GET http://u@ghcr.io/v2/acme/app/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("GET http://ghcr.io\\@evil.example/ HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("GET ghcr.io:443 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("OPTIONS * HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("CONNECT u@ghcr.io:443 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("\r\n\r\nGET ACME/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "request line"),
    // Another authority than `Host` says, and methods that the distribution API has not.
    ("GET http://evil.example/v2/acme/app/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "different hosts"),
    ("GET http://ghcr.io:81/v2/acme/app/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "different hosts"),
    ("TRACE ACME/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "no method TRACE"),
    ("OPTIONS ACME/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "no method OPTIONS"),
    ("PROPFIND ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 2\r\n\r\nab", "no method PROPFIND"),
    ("CONNECT ACME/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n", "request line"),
];

/// Another request, as somebody would hide it behind or inside of one.
pub(super) const HIDDEN: &str = "GET EVIL/manifests/1 HTTP/1.1\r\nHOST\r\n\r\n";

/// What is judged request by request: the bytes, where `HIDDEN` is the hidden request and `LENGTH` how long it is
/// (`SIZE` in hexadecimal), and behind each method a tag whose answer comes, or a status. `close`: the connection ends.
pub(super) const JUDGED: &[(&str, &str)] = &[
    (
        "GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\n\r\nHIDDENGET ACME/manifests/3 HTTP/1.1\r\nHOST\r\n\r\n",
        "GET 1, GET 403, GET 3",
    ),
    (
        "HEAD ACME/manifests/1 HTTP/1.1\r\nHOST\r\n\r\nHIDDENHEAD ACME/manifests/3 HTTP/1.1\r\nHOST\r\n\r\n",
        "HEAD 1, GET 403, HEAD 3",
    ),
    (
        "HEAD EVIL/manifests/1 HTTP/1.1\r\nHOST\r\n\r\nGET ACME/manifests/2 HTTP/1.1\r\nHOST\r\n\r\n",
        "HEAD 403, GET 2",
    ),
    ("DELETE ACME/manifests/1 HTTP/1.1\r\nHOST\r\n\r\nHIDDEN", "DELETE 1, GET 403"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 0\r\n\r\nHIDDEN", "GET 1, GET 403"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 000\r\n\r\nHIDDEN", "GET 1, GET 403"),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\n\r\nHIDDEN", "PUT 1, GET 403"),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 0\r\n\r\nHIDDEN", "PUT 1, GET 403"),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 5\r\n\r\nhelloHIDDEN", "PUT 1, GET 403"),
    ("PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 00005\r\n\r\nhelloHIDDEN", "PUT 1, GET 403"),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: LENGTH\r\n\r\nHIDDENGET ACME/manifests/2 HTTP/1.1\r\nHOST\r\n\r\n",
        "PUT 1, GET 2",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\nSIZE\r\nHIDDEN\r\n0\r\n\r\nHIDDEN",
        "PUT 1, GET 403",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\nHIDDEN",
        "PUT 1, GET 403",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding:\tchunked \t\r\n\r\n0\r\n\r\nHIDDEN",
        "PUT 1, GET 403",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"GET EVIL\"\r\nh\r\n00004\r\nello\r\n000\r\nX: GET EVIL/manifests/1 HTTP/1.1\r\nContent-Length: 999\r\n\r\nHIDDEN",
        "PUT 1, GET 403",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n0;\rHIDDEN\r\n\r\n",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhelloHIDDEN",
        "PUT 100, PUT 1, GET 403",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 5\r\nConnection: content-length\r\n\r\nhelloHIDDEN",
        "PUT 1, GET 403",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\nConnection: transfer-encoding, host\r\n\r\n5\r\nhello\r\n0\r\n\r\nHIDDEN",
        "PUT 1, GET 403",
    ),
    (
        "PUT EVIL/manifests/1 HTTP/1.1\r\nHOST\r\nContent-Length: 5\r\n\r\nhelloGET ACME/manifests/2 HTTP/1.1\r\nHOST\r\n\r\n",
        "PUT 403, close",
    ),
    (
        "PUT EVIL/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET ACME/manifests/2 HTTP/1.1\r\nHOST\r\n\r\n",
        "PUT 403, close",
    ),
    (
        "GET EVIL/manifests/1 HTTP/1.1\r\nHOST\r\nExpect: 100-continue\r\n\r\nGET ACME/manifests/2 HTTP/1.1\r\nHOST\r\n\r\n",
        "GET 403, GET 2",
    ),
    (
        "GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\nHIDDEN",
        "GET 1, GET 403",
    ),
    (
        "GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\nHIDDEN",
        "GET 1, GET 403",
    ),
    (
        "GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET 1, GET 400, close",
    ),
    (
        "GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTE: trailers, chunked\r\nConnection: TE\r\n\r\nHIDDEN",
        "GET 1, GET 403",
    ),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nConnection: close\r\n\r\nHIDDEN", "GET 1, close"),
    ("GET ACME/manifests/1 HTTP/1.0\r\nHOST\r\n\r\nHIDDEN", "GET 1, close"),
    ("GET ACME/manifests/1 HTTP/1.0\r\nHOST\r\nConnection: keep-alive\r\n\r\nHIDDEN", "GET 1, close"),
    ("GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nX: \u{e9}\u{ff}\r\n\r\nHIDDEN", "GET 1, GET 403"),
    (
        "GET ACME/manifests/1 HTTP/1.1\r\nHOST\r\nX-Original-URL: /v2/evil/miner/manifests/1\r\nX-HTTP-Method-Override: PUT\r\n\r\nHIDDEN",
        "GET 1, GET 403",
    ),
    // A request whose end nobody can tell is the last one.
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n 5\r\nhello\r\n0\r\n\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n5 5\r\nhello\r\n0\r\n\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\ng\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n5;a\nhello\r\n0\r\n\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\n\r\nHIDDEN",
        "PUT 400, close",
    ),
    (
        "PUT ACME/manifests/1 HTTP/1.1\r\nHOST\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\nHIDDEN",
        "PUT 400, close",
    ),
];
