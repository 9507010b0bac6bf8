# A registry over plain HTTP whose repositories each break their word in another way; what is asked goes into a file.
use strict; use IO::Socket::INET; use Socket qw(SOL_SOCKET SO_LINGER MSG_PEEK); use POSIX ();
$SIG{CHLD} = 'IGNORE'; $SIG{PIPE} = 'IGNORE';
my $listener = IO::Socket::INET->new(LocalAddr => '203.0.113.20:7', Listen => 1024, ReuseAddr => 1) or die $!;
my %says = (
    reset   => sub { setsockopt $_[0], SOL_SOCKET, SO_LINGER, pack('ii', 1, 0); },
    closes  => sub { },
    garbage => sub { print { $_[0] } "+OK POP3 ready\r\n"; },
    shorter => sub { answer($_[0], "Content-Length: 9000\r\n", '{"schemaVersion":2}'); },
    twice   => sub { answer($_[0], "Content-Length: 19\r\nContent-Length: 9000\r\n", '{"schemaVersion":2}'); },
    both    => sub { answer($_[0], "Content-Length: 19\r\nTransfer-Encoding: chunked\r\n", '{"schemaVersion":2}'); },
    chunks  => sub { answer($_[0], "Transfer-Encoding: chunked\r\n", "9000\r\n{\"schemaVersion\":2}"); },
    headers => sub { print { $_[0] } "HTTP/1.1 200 OK\r\n"; for my $n (1 .. 1_000_000) { print { $_[0] } "X-$n: " . 'x' x 200 . "\r\n" or last; } },
    line    => sub { print { $_[0] } "HTTP/1.1 200 OK\r\nX: "; for (1 .. 100_000) { print { $_[0] } 'x' x 1000 or last; } },
    interim => sub { for (1 .. 1_000_000) { print { $_[0] } "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" or last; } },
    limits  => sub { print { $_[0] } "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"; },
    busy    => sub { print { $_[0] } "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"; },
);
sub answer { print { $_[0] } "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.oci.image.manifest.v1+json\r\n$_[1]\r\n$_[2]"; }
while (1) {
    my $client = $listener->accept or next;
    fork and next;
    $client->autoflush(1);
    # Whoever asks whether it speaks TLS is told at once that it does not.
    recv $client, my $byte, 1, MSG_PEEK;
    POSIX::_exit(0) if $byte eq "\x16";
    my $first = <$client>;
    while (defined(my $line = <$client>)) { last if $line =~ /^\r?\n$/; }
    open my $log, '>>', '/tmp/lying-registry.log'; syswrite $log, $first; close $log;
    if ($first =~ m{^\w+ /v2/team/(\w+)/} and $says{$1}) { $says{$1}->($client); }
    else { print $client "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"; }
    close $client;
    POSIX::_exit(0);
}
