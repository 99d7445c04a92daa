// Go's github.com/pkg/sftp; libssh2.py says what the arguments are.
package main

import (
	"io"
	"log"
	"os"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func put(client *sftp.Client, file, path string) {
	source, err := os.Open(file)
	check(err)
	out, err := client.Create(path)
	check(err)
	_, err = io.Copy(out, source)
	check(err)
	check(out.Close())
}

func main() {
	host, port, login, secret, words := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5:]
	method := ssh.Password(secret)
	if secret[0] == '@' {
		pem, err := os.ReadFile(secret[1:])
		check(err)
		signer, err := ssh.ParsePrivateKey(pem)
		check(err)
		method = ssh.PublicKeys(signer)
	}
	connection, err := ssh.Dial("tcp", host+":"+port, &ssh.ClientConfig{
		User: login, Auth: []ssh.AuthMethod{method}, HostKeyCallback: ssh.InsecureIgnoreHostKey()})
	check(err)
	client, err := sftp.NewClient(connection)
	check(err)
	next := func() string {
		word := words[0]
		words = words[1:]
		return word
	}
	for len(words) > 0 {
		switch next() {
		case "put":
			put(client, next(), next())
		case "send":
			file, path := next(), next()
			local, err := os.Stat(file)
			check(err)
			if there, err := client.Stat(path); err != nil || there.Size() != local.Size() {
				put(client, file, path)
			}
		case "touch":
			path, when := next(), time.Unix(1700000000, 0)
			check(client.Chtimes(path, when, when))
		case "rename":
			check(client.Rename(next(), next()))
		case "ls":
			entries, err := client.ReadDir(next())
			check(err)
			name, found := next(), false
			for _, entry := range entries {
				found = found || entry.Name() == name
			}
			if !found {
				log.Fatal("not there")
			}
		case "get":
			source, err := client.Open(next())
			check(err)
			out, err := os.Create(next())
			check(err)
			_, err = io.Copy(out, source)
			check(err)
		case "rm":
			check(client.Remove(next()))
		default:
			log.Fatal("operation")
		}
	}
}
