<?php
// PHP's ssh2; libssh2.py says what the arguments are.
set_error_handler(function ($number, $text) { throw new Exception($text); });
[, $host, $port, $login, $secret] = $argv;
$words = array_slice($argv, 5);
$ssh = ssh2_connect($host, (int) $port);
$ok = $secret[0] == '@'
    ? ssh2_auth_pubkey_file($ssh, $login, substr($secret, 1) . '.pub', substr($secret, 1))
    : ssh2_auth_password($ssh, $login, $secret);
if (!$ok) { exit(2); }
$sftp = ssh2_sftp($ssh);
$url = fn($path) => 'ssh2.sftp://' . intval($sftp) . $path;
function check($ok) { if (!$ok) { exit(1); } }
function put($file, $path) {
    global $url;
    $out = fopen($url($path), 'w');
    $data = file_get_contents($file);
    check(fwrite($out, $data) === strlen($data) && fclose($out));
}
while ($words) {
    switch (array_shift($words)) {
        case 'put': put(array_shift($words), array_shift($words)); break;
        case 'send':
            [$file, $path] = array_splice($words, 0, 2);
            try { $there = ssh2_sftp_stat($sftp, $path); } catch (Exception $error) { $there = false; }
            if (!$there || $there['size'] != filesize($file)) { put($file, $path); }
            break;
        case 'rename': check(ssh2_sftp_rename($sftp, array_shift($words), array_shift($words))); break;
        case 'ls':
            [$folder, $name] = array_splice($words, 0, 2);
            check(in_array($name, scandir($url($folder))));
            break;
        case 'get':
            [$path, $file] = array_splice($words, 0, 2);
            check(file_put_contents($file, file_get_contents($url($path))) > 0);
            break;
        case 'rm': check(ssh2_sftp_unlink($sftp, array_shift($words))); break;
        default: exit(3);
    }
}
