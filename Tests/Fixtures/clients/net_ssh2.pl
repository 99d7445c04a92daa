# Perl's Net::SSH2; libssh2.py says what the arguments are.
use strict;
use warnings;
use Fcntl;
use Net::SSH2;

my ($host, $port, $login, $secret, @words) = @ARGV;
my $ssh = Net::SSH2->new();
$ssh->connect($host, $port) or die 'connect';
if ($secret =~ s/^@//) {
    $ssh->auth_publickey($login, "$secret.pub", $secret) or die 'key: ' . $ssh->error;
} else {
    $ssh->auth_password($login, $secret) or die 'password: ' . $ssh->error;
}
my $sftp = $ssh->sftp or die 'sftp';

sub failed { my ($what) = @_; die "$what: " . join(' ', $sftp->error) }

sub put {
    my ($file, $path) = @_;
    open(my $source, '<:raw', $file) or die $file;
    my $out = $sftp->open($path, O_WRONLY | O_CREAT | O_TRUNC, 0644) or failed("open $path");
    while (read($source, my $piece, 30000)) {
        while (length $piece) {
            my $count = $out->write($piece) or failed('write');
            $piece = substr($piece, $count);
        }
    }
    undef $out;
}

while (my $operation = shift @words) {
    if ($operation eq 'put') {
        put(splice(@words, 0, 2));
    } elsif ($operation eq 'send') {
        my ($file, $path) = splice(@words, 0, 2);
        my %there = $sftp->stat($path);
        put($file, $path) unless %there && $there{size} == -s $file;
    } elsif ($operation eq 'touch') {
        my $path = shift @words;
        $sftp->setstat($path, atime => 1700000000, mtime => 1700000000) or failed('setstat');
        my %there = $sftp->stat($path);
        die 'time' unless $there{mtime} == 1700000000;
    } elsif ($operation eq 'rename') {
        $sftp->rename(splice(@words, 0, 2)) or failed('rename');
    } elsif ($operation eq 'ls') {
        my ($folder, $name) = splice(@words, 0, 2);
        my $listing = $sftp->opendir($folder) or failed('opendir');
        my $found = 0;
        while (my $entry = $listing->read) { $found = 1 if $entry->{name} eq $name }
        die 'not there' unless $found;
    } elsif ($operation eq 'get') {
        my ($path, $file) = splice(@words, 0, 2);
        my $source = $sftp->open($path) or failed('open');
        open(my $out, '>:raw', $file) or die $file;
        while ($source->read(my $piece, 30000)) { print $out $piece }
        close $out;
    } elsif ($operation eq 'rm') {
        $sftp->unlink(shift @words) or failed('unlink');
    } else {
        die 'operation';
    }
}
