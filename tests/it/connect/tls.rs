//! Encryption: every `sslmode` against servers with and without TLS, and every kind of certificate on both sides.

use super::world::World;
use super::{apart, at, check, same, surroundings};

#[test]
fn every_sslmode_ends_as_in_libpq_with_and_without_tls_on_the_server() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let mut rows = Vec::new();
    for (mode, secure, plain) in [
        ("disable", "plain", "plain"),
        ("allow", "plain", "plain"),
        ("prefer", "tls", "plain"),
        ("require", "tls", "the server offers no TLS, which `sslmode` `require` needs"),
    ] {
        rows.push(same(at(&world.secure, &format!("sslmode={mode}")), secure));
        rows.push(same(at(&world.plain, &format!("sslmode={mode}")), plain));
    }
    rows.push(same(at(&world.secure, ""), "tls"));
    for mode in ["verify-ca", "verify-full"] {
        rows.push(same(at(&world.secure, &format!("sslmode={mode}")), "there is none: name the file"));
    }
    for mode in ["disable", "allow", "prefer"] {
        rows.push(same(
            at(&world.secure, &format!("user=tls_only password=x sslmode={mode}")),
            "sqlstate 28",
        ));
    }
    check(&rows, &surroundings(home.path(), &[]));
}

#[test]
fn certificates_are_judged_as_in_libpq() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let (good, bad, own) = (world.file("ca.crt"), world.file("other_ca.crt"), world.file("self_signed.crt"));
    // An authority of the same name with another key.
    let impostor = world.file("impostor.crt");
    let untrusted = "no trusted root has signed";
    let mut rows = Vec::new();
    for mode in ["require", "verify-ca", "verify-full"] {
        for server in [&world.secure, &world.version_one] {
            rows.push(same(at(server, &format!("sslmode={mode} sslrootcert={good}")), "tls"));
            rows.push(same(at(server, &format!("sslmode={mode} sslrootcert={bad}")), untrusted));
            rows.push(same(at(server, &format!("sslmode={mode} sslrootcert={impostor}")), "TLS failed"));
        }
        rows.push(same(at(&world.self_signed, &format!("sslmode={mode} sslrootcert={own}")), "tls"));
        rows.push(same(at(&world.self_signed, &format!("sslmode={mode} sslrootcert={good}")), untrusted));
        rows.push(same(at(&world.secure, &format!("sslmode={mode} sslrootcert={own}")), untrusted));
        let tls12 = format!("sslmode={mode} sslrootcert={good} ssl_max_protocol_version=TLSv1.2");
        rows.push(same(at(&world.version_one, &tls12), "tls"));
        rows.push(apart(
            at(&world.secure, &format!("sslmode={mode} sslrootcert=/nowhere/root.crt")),
            "/nowhere",
        ));
    }
    rows.push(same(at(&world.secure, &format!("sslmode=prefer sslrootcert={bad}")), "plain"));
    for server in [&world.secure, &world.version_one] {
        let by_address = |rest: &str| format!("host=127.0.0.1 port={} dbname=postgres {rest}", server.port);
        rows.push(same(by_address(&format!("sslmode=verify-ca sslrootcert={good}")), "tls"));
        rows.push(same(
            by_address(&format!("sslmode=verify-full sslrootcert={good}")),
            "not for this host name",
        ));
        let named = format!("sslmode=verify-full sslrootcert={good}").replace("host=127.0.0.1", "");
        let named = format!("host=localhost hostaddr=127.0.0.1 port={} dbname=postgres {named}", server.port);
        rows.push(same(named, "tls"));
    }
    let address = format!("host=127.0.0.1 port={} dbname=postgres", world.self_signed.port);
    rows.push(same(format!("{address} sslmode=verify-full sslrootcert={own}"), "tls"));
    // The certificate's common name does not count beside its alternative name.
    let common_name = format!("host=ignored hostaddr=127.0.0.1 port={} dbname=postgres", world.secure.port);
    rows.push(same(
        format!("{common_name} sslmode=verify-full sslrootcert={good}"),
        "not for this host name",
    ));
    rows.push(same(format!("{common_name} sslmode=verify-ca sslrootcert={good}"), "tls"));
    let nameless =
        format!("hostaddr=127.0.0.1 port={} dbname=postgres sslrootcert={good}", world.secure.port);
    rows.push(same(format!("{nameless} sslmode=verify-full"), "needs a host name"));
    rows.push(same(format!("{nameless} sslmode=verify-ca"), "tls"));
    rows.push(apart(
        at(&world.secure, "sslrootcert=system sslmode=require"),
        "too weak for `sslrootcert` `system`",
    ));
    rows.push(apart(at(&world.secure, "sslrootcert=system"), "TLS failed"));
    check(&rows, &surroundings(home.path(), &[]));
}

#[test]
fn a_root_certificate_at_its_usual_place_is_used_in_every_mode() {
    let world = World::shared();
    for (root, expected_require, expected_prefer) in
        [("ca.crt", "tls", "tls"), ("other_ca.crt", "no trusted root", "plain")]
    {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".postgresql")).unwrap();
        std::fs::copy(world.file(root), home.path().join(".postgresql/root.crt")).unwrap();
        let rows = [
            same(at(&world.secure, "sslmode=require"), expected_require),
            same(at(&world.secure, "sslmode=verify-full"), expected_require),
            same(at(&world.secure, "sslmode=prefer"), expected_prefer),
        ];
        check(&rows, &surroundings(home.path(), &[]));
    }
}

#[test]
fn a_client_certificate_logs_in_from_named_files_and_from_the_usual_place() {
    let world = World::shared();
    let home = tempfile::tempdir().unwrap();
    let with = |certificate: &str, key: &str| {
        let (certificate, key) = (world.file(certificate), world.file(key));
        at(&world.secure, &format!("user=cert_user sslmode=require sslcert={certificate} sslkey={key}"))
    };
    let rows = [
        same(with("cert_user.crt", "cert_user.key"), "tls"),
        same(at(&world.secure, "user=cert_user sslmode=require"), "sqlstate 28000"),
        same(with("stranger.crt", "stranger.key"), "sqlstate 28000"),
        same(with("cert_user.crt", "stranger.key"), "does not belong to the certificate"),
        same(with("cert_user.crt", "missing.key"), "missing.key"),
        apart(with("missing.crt", "cert_user.key"), "missing.crt"),
        same(with("cert_user.crt", "open.key"), "chmod 0600"),
        apart(with("cert_user.crt", "encrypted.key"), "it is encrypted"),
        same(with("cert_user.crt", "ca.crt"), "cannot be used"),
        same(at(&world.secure, "user=cert_user sslmode=disable"), "no pg_hba.conf entry"),
    ];
    check(&rows, &surroundings(home.path(), &[]));

    let usual = home.path().join(".postgresql");
    std::fs::create_dir(&usual).unwrap();
    std::fs::copy(world.file("cert_user.crt"), usual.join("postgresql.crt")).unwrap();
    std::fs::copy(world.file("cert_user.key"), usual.join("postgresql.key")).unwrap();
    let rows = [
        same(at(&world.secure, "user=cert_user sslmode=require"), "tls"),
        apart(at(&world.secure, "user=cert_user sslmode=require sslcertmode=disable"), "sqlstate 28000"),
    ];
    check(&rows, &surroundings(home.path(), &[]));
}
