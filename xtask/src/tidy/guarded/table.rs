//! The guarded calls as data.

/// A call or value that may stand in a few places only.
pub(super) struct Guard {
    /// What is looked for; one match is enough.
    pub(super) patterns: &'static [Pattern],
    /// Where it may stand.
    pub(super) allowed: Where,
    /// What is wrong elsewhere, for the message.
    pub(super) what: &'static str,
    /// Why, and what to do instead.
    pub(super) reason: &'static str,
}

/// What is looked for.
pub(super) enum Pattern {
    /// Text of the code without comments and strings, at word boundaries.
    Text(&'static str),
    /// A struct literal of this type.
    Literal(&'static str),
}

/// Where a guarded call may stand.
pub(super) enum Where {
    /// In these files, or below these folders; `a/b` means `a/b.rs` and `a/b/`.
    Paths {
        /// From the workspace root.
        paths: &'static [&'static str],
        /// Whether test code may use it too.
        tests: bool,
    },
    /// In one file of the workspace, whichever it is.
    OneFile,
}

/// The table.
pub(super) const GUARDS: &[Guard] = &[
    Guard {
        patterns: &[Pattern::Text(".with_bytes("), Pattern::Text("Transient::with_bytes")],
        allowed: Where::Paths {
            paths: &[
                "prodops-core/src/source",
                "prodops-classify/src/lexer",
                "prodops-classify/src/fingerprint",
                "prodops-classify/src/change",
                "prodops-classify/src/line_age",
                "prodops-classify/src/artefact",
                "prodops-classify/src/activity",
                "prodops-classify/src/metadata",
            ],
            tests: true,
        },
        what: "reads source text",
        reason: "code dies in prodops-classify: pass the `Transient` on, and let a classifier answer with facts",
    },
    Guard {
        patterns: &[Pattern::Literal("CommitMetadata"), Pattern::Text("CommitMetadata(")],
        allowed: Where::Paths { paths: &["prodops-classify/src/metadata"], tests: false },
        what: "builds a `CommitMetadata`",
        reason: "only its redacting constructor decides what an AI provider may be given",
    },
    Guard {
        patterns: &[Pattern::Text("Authority::new")],
        allowed: Where::Paths {
            paths: &["prodops/src/engine/builder", "prodops-store/src/testing"],
            tests: true,
        },
        what: "makes an `Authority`",
        reason: "every scope comes from the one authority of the engine builder, along a membership or a lease",
    },
    Guard {
        patterns: &[Pattern::Text("Filter::all")],
        allowed: Where::Paths {
            paths: &["prodops-core/src/filter", "prodops-policy/src", "prodops-store/src/testing"],
            tests: true,
        },
        what: "asks for all rows",
        reason: "what is visible is decided by policy: take the filter of a `Visible`",
    },
    Guard {
        patterns: &[Pattern::Text("AssertSqlSafe")],
        allowed: Where::OneFile,
        what: "a second file with `AssertSqlSafe`",
        reason: "SQL is static text; the one file that renders SQL is reviewed as such, use it",
    },
    Guard {
        patterns: &[Pattern::Text("QueryBuilder")],
        allowed: Where::Paths {
            paths: &["prodops-store/src/postgres/filter", "prodops-store/src/testing", "benches"],
            tests: true,
        },
        what: "puts SQL together",
        reason: "SQL is static text; the conditions of lists are rendered by the one renderer of filters",
    },
    Guard {
        patterns: &[
            Pattern::Text("TcpStream::connect"),
            Pattern::Text("UdpSocket::bind"),
            Pattern::Text("lookup_host"),
            Pattern::Text("to_socket_addrs"),
            Pattern::Text("hyper_util::client"),
            Pattern::Text("reqwest::"),
        ],
        allowed: Where::Paths { paths: &["prodops-connectors/src/http/egress"], tests: true },
        what: "opens a way out of its own",
        reason: "outbound connections are declared, checked and recorded in one place: take an `EgressClient`",
    },
    Guard {
        patterns: &[Pattern::Text("SystemTime::now")],
        allowed: Where::Paths { paths: &["prodops-core/src/clock", "benches"], tests: false },
        what: "reads the system clock",
        reason: "time is a parameter: take a `Clock`, so that a test can fix it",
    },
    Guard {
        patterns: &[Pattern::Text("getrandom::")],
        allowed: Where::Paths { paths: &["prodops-core/src/entropy"], tests: false },
        what: "reads the system's random numbers",
        reason: "randomness is a parameter: take an `Entropy`, so that a test can seed it",
    },
    Guard {
        patterns: &[
            Pattern::Text("env::var"),
            Pattern::Text("env::var_os"),
            Pattern::Text("env::vars"),
            Pattern::Text("env::vars_os"),
        ],
        allowed: Where::Paths {
            paths: &[
                "examples/reference-server/src/config",
                "prodops-store/src/testing/postgres/program",
                "xtask/src",
                "benches",
            ],
            tests: false,
        },
        what: "reads the environment",
        reason: "configuration is read in one place, the server's `config`, and passed on as values",
    },
];
